// What the provider's answer means. Logto's packages keep its words at most; kind and certainty are read from the
// answer itself, by the provider's codes where its table has them, else by the HTTP status.

import { call, Refusal } from './call.js';

function pointed(value, pointer) {
  const names = pointer.split('/').slice(1);
  let found = [value];
  for (const name of names) {
    found = found.flatMap((at) => (name === '*' ? (Array.isArray(at) ? at : []) : [at?.[name]]));
  }
  return found.filter((at) => typeof at === 'string' ? at !== '' : typeof at === 'number' || typeof at === 'boolean').map(String);
}

const first = (value, pointers) => pointers.flatMap((pointer) => pointed(value, pointer))[0] ?? null;

function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function failure(kind, certainty, text, more = {}) {
  return { kind, certainty, providerCode: null, text, retryAfterSeconds: null, extra: [], ...more };
}

function byStatus(status) {
  if (status === 401 || status === 403) return ['authentication-failed', 'not-sent'];
  if (status === 402) return ['insufficient-funds', 'not-sent'];
  if (status === 408) return ['timeout', 'unknown'];
  if (status === 429) return ['rate-limited', 'not-sent'];
  if (status >= 400 && status < 500) return ['invalid-config', 'not-sent'];
  if (status === 503) return ['provider-unavailable', 'not-sent'];
  if (status >= 500 && status < 600) return ['provider-unavailable', 'unknown'];
  return ['invalid-response', 'unknown'];
}

// A code itself, or the longest beginning that the table has: `LimitExceeded.*`.
function byCode(kinds, code) {
  if (Object.hasOwn(kinds, code)) return kinds[code];
  const families = Object.keys(kinds).filter((known) => known.endsWith('*') && code.startsWith(known.slice(0, -1)));
  families.sort((a, b) => b.length - a.length);
  return families.length === 0 ? undefined : kinds[families[0]];
}

function byFault({ tag, val }) {
  switch (tag) {
    case 'denied': return failure('invalid-config', 'not-sent', val);
    case 'dns': return failure('provider-unavailable', 'not-sent', `the name does not resolve: ${val}`);
    case 'connect': return failure('provider-unavailable', 'not-sent', `no connection: ${val}`);
    case 'tls': return failure('provider-unavailable', 'not-sent', `the TLS handshake failed: ${val}`);
    case 'timeout': return failure('timeout', 'unknown', 'the provider did not answer in time');
    case 'too-large': return failure('invalid-response', 'unknown', 'the provider\'s answer is too large');
    default: return failure('provider-unavailable', 'unknown', `the connection broke: ${val}`);
  }
}

// The code of an answer, if it has one that says no.
function refusal(response, { provider }) {
  const json = parsed(response.body);
  const codes = provider.plain ? [response.body.trim().slice(0, 16)] : provider.code.flatMap((pointer) => pointed(json, pointer));
  const code = codes.find((found) => found !== '' && !provider.ok.includes(found));
  return code === undefined ? null : { code, text: first(json, provider.text) };
}

function byAnswer(response, plan, words) {
  const [kind, certainty] = byStatus(response.status);
  const retry = response.headers.find(({ name }) => name.toLowerCase() === 'retry-after')?.value ?? '';
  const more = { retryAfterSeconds: /^\d{1,9}$/.test(retry.trim()) ? Number(retry) : null };
  const { code, text } = refusal(response, plan) ?? { code: null, text: first(parsed(response.body), plan.provider.text) };
  const said = text ?? words ?? `status ${response.status}`;
  if (code === null) return failure(kind, certainty, said, more);
  const known = byCode(plan.provider.kinds, code);
  const refused = response.status < 300;
  // A mere yes or no is no code.
  more.providerCode = code === 'false' ? null : code;
  // A page or half an answer is no code; a code of the provider's own below 500 is a clear no.
  if (plan.provider.plain && known === undefined && !/^-?\d+$/.test(code)) {
    return failure(kind, certainty, said, { ...more, providerCode: null });
  }
  return failure(known ?? (refused ? 'other' : kind), response.status < 500 ? 'not-sent' : certainty, said, more);
}

const KINDS = {
  invalid_config: 'invalid-config',
  template_not_found: 'invalid-config',
  invalid_request_parameters: 'invalid-recipient',
  insufficient_request_parameters: 'content-rejected',
  rate_limit_exceeded: 'rate-limited',
  usage_limit_exceeded: 'quota-exceeded',
};

function spoken(error) {
  if (error === null) return null;
  const words = error?.data?.errorDescription ?? error?.data?.message ?? error?.message;
  const issues = error?.data?.issues?.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  return String(issues ?? words ?? error).slice(0, 400);
}

// The package threw. What an earlier request of the same call did, no later refusal takes back.
export function failed(error, plan) {
  const told = meant(error, plan);
  return call.before ? { ...told, certainty: 'unknown' } : told;
}

function meant(error, plan) {
  if (error instanceof Refusal) return failure('invalid-config', call.last === null ? 'not-sent' : 'unknown', error.message);
  if (call.last?.fault !== undefined) return byFault(call.last.fault);
  if (call.last !== null) return byAnswer(call.last.response, plan, spoken(error));
  return failure(KINDS[error?.code] ?? (error?.code === 'general' ? plan.provider.unsent : 'other'), 'not-sent', spoken(error));
}

// The package returned, and never asked anybody.
export function unsent(plan) {
  return failure(plan.provider.unsent, 'not-sent', 'the package sent nothing: it does not serve this number with this configuration');
}

// The package was content. The provider may not have been: some packages read the status alone.
export function sent(plan) {
  const { response, fault } = call.last;
  const { provider } = plan;
  if (fault !== undefined || response.status >= 300 || refusal(response, plan) !== null) throw failed(null, plan);
  const ids = provider.ids.flatMap((pointer) => pointed(parsed(response.body), pointer));
  if (provider.ids.length > 0 && ids.length === 0) {
    throw failure('invalid-response', 'unknown', 'the provider answered without a message id');
  }
  return { status: 'accepted', messageIds: ids, segments: null, price: null, extra: [] };
}
