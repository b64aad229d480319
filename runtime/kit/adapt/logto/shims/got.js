// got, over the host's `http`: one request, never a second try (the host decides about that), no redirects.

import http from 'countersign:connector/http@1.0.0';
import plan from '../plan.json';
import { call, refuse } from '../call.js';
import { withoutSecrets } from '../secrets.js';
import { Buffer, decodeUtf8, encodeUtf8 } from './bytes.js';
import { SyncPromise } from './promise.js';
import { URL, URLSearchParams } from './url.js';

const USER_AGENT = 'got (https://github.com/sindresorhus/got)';

export class RequestError extends Error {
  constructor(message, code, options, response) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
    this.options = options;
    this.response = response;
    this.timings = undefined;
  }
}

export class HTTPError extends RequestError {
  constructor(response, options) {
    super(`Request failed with status code ${response.statusCode}: ${options.method} ${response.url}`, 'ERR_NON_2XX_3XX_RESPONSE', options, response);
    this.name = 'HTTPError';
  }
}

export class TimeoutError extends RequestError {
  constructor(options) {
    super('Timeout awaiting \'request\'', 'ETIMEDOUT', options);
    this.name = 'TimeoutError';
    this.event = 'request';
  }
}

export class ParseError extends RequestError {
  constructor(error, options, response) {
    super(`${error.message} in "${response.url}"`, 'ERR_BODY_PARSE_FAILURE', options, response);
    this.name = 'ParseError';
  }
}

const present = (entries) => entries.filter(([, value]) => value !== undefined);

function address(options) {
  const base = options.prefixUrl === undefined ? '' : `${String(options.prefixUrl).replace(/\/$/, '')}/`;
  const url = new URL(base + String(options.url));
  const given = options.searchParams;
  if (given !== undefined) {
    const known = typeof given === 'string' || given instanceof URLSearchParams;
    const pairs = known ? given : present(Object.entries(given)).map(([name, value]) => [name, value ?? '']);
    url.search = new URLSearchParams(typeof pairs === 'string' ? pairs : [...pairs]).toString();
  }
  return url;
}

// The body and the media type that goes with it.
function content(options) {
  if (options.json !== undefined) return [JSON.stringify(options.json), 'application/json'];
  if (options.form !== undefined) {
    const pairs = options.form instanceof URLSearchParams ? options.form : present(Object.entries(options.form));
    return [new URLSearchParams([...pairs]).toString(), 'application/x-www-form-urlencoded'];
  }
  const body = options.body ?? '';
  return [typeof body === 'string' ? body : decodeUtf8(body), null];
}

// Names in lower case, each once: whatever a package calls its own content type, there is one.
function headers(options, type, url) {
  const own = new Map([['user-agent', USER_AGENT]]);
  for (const [name, value] of present(Object.entries(options.headers ?? {}))) own.set(name.toLowerCase(), String(value));
  if (type !== null && !own.has('content-type')) own.set('content-type', type);
  if (options.responseType === 'json' && !own.has('accept')) own.set('accept', 'application/json');
  // The host writes it, from the address; a package that wants another one wants another provider.
  if (own.has('host') && own.get('host') !== url.host) refuse('the package asks one host in the name of another');
  own.delete('host');
  own.delete('content-length');
  own.delete('accept-encoding');
  return [...own].map(([name, value]) => ({ name, value }));
}

function exchange(options, url) {
  // Whoever was stopped once asks nobody any more.
  if (call.refusal !== null) throw call.refusal;
  call.before ||= call.last?.response?.status < 300;
  const [body, type] = content(options);
  const request = { method: options.method, url: url.href, headers: headers(options, type, url), body };
  const made = withoutSecrets(request, plan, call.markers);
  const timeout = options.timeout?.request ?? (typeof options.timeout === 'number' ? options.timeout : null);
  try {
    const response = http.send({ ...request, body: encodeUtf8(request.body), credentials: made, timeoutMs: timeout });
    call.last = { request, response: { ...response, body: decodeUtf8(response.body) }, raw: response.body };
    return call.last;
  } catch (error) {
    if (error.payload === undefined) throw error;
    call.last = { request, fault: error.payload };
    return call.last;
  }
}

function faulted({ tag, val }, options) {
  if (tag === 'timeout') return new TimeoutError(options);
  const code = { dns: 'ENOTFOUND', connect: 'ECONNREFUSED', tls: 'EPROTO' }[tag] ?? 'ECONNRESET';
  return new RequestError(val ?? tag, code, options);
}

function perform(options) {
  const url = address(options);
  const { response, raw, fault } = exchange(options, url);
  if (fault !== undefined) throw faulted(fault, options);
  const { status } = response;
  const told = {
    statusCode: status, statusMessage: '', ok: status >= 200 && status < 300, url: url.href, body: response.body,
    headers: Object.fromEntries(response.headers.map(({ name, value }) => [name.toLowerCase(), value])),
    rawBody: new Buffer(raw), options, request: { options }, retryCount: 0,
  };
  if (options.responseType === 'buffer') told.body = told.rawBody;
  if (options.responseType === 'json') {
    try {
      told.body = response.body === '' ? '' : JSON.parse(response.body);
    } catch (error) {
      if (told.ok) throw new ParseError(error, options, told);
    }
  }
  if (!told.ok && options.throwHttpErrors !== false) throw new HTTPError(told, options);
  return options.resolveBodyOnly === true ? told.body : told;
}

// A promise of the response, with got's short cuts to its body.
function promised(options) {
  const run = (more) => new SyncPromise((resolve) => resolve(perform({ ...options, ...more })));
  const promise = run({});
  const body = (parse) => () => promise.then((told) => parse(typeof told === 'string' ? told : told.rawBody.toString()));
  promise.text = body((text) => text);
  promise.json = body((text) => (text === '' ? '' : JSON.parse(text)));
  promise.buffer = () => promise.then((told) => told.rawBody);
  return promise;
}

function instance(defaults) {
  const merged = (url, options, more) => {
    const given = typeof url === 'string' || url instanceof URL ? { url: String(url), ...options } : { ...url, ...options };
    const all = { method: 'GET', ...defaults, ...given, ...more };
    return { ...all, method: all.method.toUpperCase(), headers: { ...defaults.headers, ...given.headers } };
  };
  const got = (url, options) => promised(merged(url, options, {}));
  for (const method of ['get', 'post', 'put', 'patch', 'head', 'delete']) {
    got[method] = (url, options) => promised(merged(url, options, { method }));
  }
  got.extend = (...more) => instance(Object.assign({}, defaults, ...more));
  return Object.assign(got, { HTTPError, RequestError, TimeoutError, ParseError });
}

export const got = instance({});
export default got;
