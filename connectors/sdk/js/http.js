// Requests and replies.

import { Failure, failure } from "./failure.js";
import * as host from "./host.js";
import { URLSearchParams } from "./polyfills.js";
import { misfit } from "./shape.js";
import { inCall, state } from "./state.js";
import { decode, decodeStrict, encode } from "./utf8.js";

const U32_MAX = 0xffff_ffff;
/** The engine's parser calls itself for each level, and the sandbox's stack ends before the engine's own limit. */
const JSON_LEVELS_MAX = 128;

/** Text for the host, which takes no half of a surrogate pair. */
const text = (value) => String(value).toWellFormed();

/** A request to be sent by the host. */
class Request {
  #method;
  #url;
  #headers = /** @type {{ name: string, value: string }[]} */ ([]);
  #body = new Uint8Array();
  #credentials = /** @type {string[]} */ ([]);
  #timeoutMs = /** @type {number | null} */ (null);

  constructor(method, url) {
    this.#method = text(method);
    this.#url = text(url);
  }

  header(name, value) {
    this.#headers.push({ name: text(name), value: text(value) });
    return this;
  }

  credential(name) {
    this.#credentials.push(text(name));
    return this;
  }

  form(fields) {
    const pairs = typeof fields?.[Symbol.iterator] === "function" ? [...fields] : Object.entries(fields);
    // A field without a value is left out: nobody means the word `undefined`.
    const given = pairs.filter(([, value]) => value !== undefined && value !== null);
    return this.content("application/x-www-form-urlencoded", new URLSearchParams(given).toString());
  }

  json(value) {
    const body = JSON.stringify(value);
    if (body === undefined) throw new TypeError("json() takes a value that JSON can write");
    return this.content("application/json", body);
  }

  content(type, body) {
    this.#body = typeof body === "string" ? encode(body) : new Uint8Array(body);
    return this.header("content-type", type);
  }

  timeout(ms) {
    this.#timeoutMs = Math.min(Math.max(Math.trunc(Number(ms)) || 0, 1), U32_MAX);
    return this;
  }

  send() {
    return host.http.send({
      method: this.#method,
      url: this.#url,
      headers: this.#headers,
      body: this.#body,
      credentials: this.#credentials,
      timeoutMs: this.#timeoutMs,
    });
  }
}

/** @param {string} json */
function isTooDeep(json) {
  // What has fewer of them in all can't be deeper, and that is quickly known.
  if (json.split("[").length + json.split("{").length - 2 <= JSON_LEVELS_MAX) return false;
  const brackets = json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, "").replace(/[^[\]{}]+/g, "");
  let level = 0;
  for (const bracket of brackets) {
    level += bracket === "[" || bracket === "{" ? 1 : -1;
    if (level > JSON_LEVELS_MAX) return true;
  }
  return false;
}

/** What has headers and a body: a provider's answer, or its callback. */
export class Received {
  constructor({ headers, body }) {
    this.headers = headers;
    this.body = body;
  }

  header(name) {
    const wanted = String(name).toLowerCase();
    return this.headers.find((header) => header.name.toLowerCase() === wanted)?.value;
  }

  text() {
    return decode(this.body);
  }

  json(shape = "any") {
    const { value, why } = this.#parsed(shape);
    if (why === undefined) return value;
    // A body that is none may hide a message that was sent.
    throw failure("invalid-response", `the provider's answer is not the JSON that it documents: ${why}`).maybeSent();
  }

  tryJson(shape = "any") {
    const { value, why } = this.#parsed(shape);
    return why === undefined ? value : undefined;
  }

  #parsed(shape) {
    const body = decodeStrict(this.body);
    if (body === undefined) return { why: "it is no UTF-8" };
    if (isTooDeep(body)) return { why: `it is nested deeper than ${JSON_LEVELS_MAX} levels` };
    let value;
    try {
      value = JSON.parse(body);
    } catch {
      return { why: "it is no JSON" };
    }
    return { value, why: misfit(value, shape) };
  }
}

class Response extends Received {
  constructor(answer) {
    super(answer);
    this.status = answer.status;
  }

  get isSuccess() {
    return this.status >= 200 && this.status < 300;
  }

  retryAfter() {
    const value = this.header("retry-after")?.trim() ?? "";
    return /^\+?[0-9]+$/.test(value) && Number(value) <= U32_MAX ? Number(value) : undefined;
  }
}

export const request = {
  of: (method, url) => new Request(method, url),
  get: (url) => new Request("GET", url),
  post: (url) => new Request("POST", url),
};

/** Send a request and wait for the answer. A fault becomes the failure that it means. */
export function exchange(asked) {
  inCall("exchange()");
  if (!(asked instanceof Request)) throw new TypeError("exchange() takes a request: request.post(url)");
  try {
    const answer = asked.send();
    state.begun = true;
    return new Response(answer);
  } catch (error) {
    const told = error?.payload ? meaning(error.payload) : error;
    state.begun ||= !(told instanceof Failure) || told.certainty === "unknown";
    throw told;
  }
}

function meaning({ tag, val }) {
  switch (tag) {
    case "denied":
      return failure("invalid-config", val);
    case "dns":
      return failure("provider-unavailable", `the name \`${val}\` does not resolve`);
    case "connect":
      return failure("provider-unavailable", `no connection: ${val}`);
    case "tls":
      return failure("provider-unavailable", `the TLS handshake failed: ${val}`);
    case "timeout":
      return failure("timeout", "the provider did not answer in time").maybeSent();
    case "too-large":
      return failure("invalid-response", "the provider's answer is too large").maybeSent();
    default:
      return failure("provider-unavailable", `the connection broke: ${val}`).maybeSent();
  }
}
