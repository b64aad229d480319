// URLSearchParams and as much of URL as an absolute http(s) address needs (WHATWG URL §5, §6).

import { decodeUtf8, encodeUtf8 } from './bytes.js';

const PLAIN = /[A-Za-z0-9*\-._]/;

export function encodeForm(text) {
  let out = '';
  for (const byte of encodeUtf8(text)) {
    const sign = String.fromCharCode(byte);
    if (byte === 0x20) out += '+';
    else out += byte < 0x80 && PLAIN.test(sign) ? sign : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

export function decodeForm(text) {
  const bytes = [];
  const spaced = text.replaceAll('+', ' ');
  for (let at = 0; at < spaced.length; at += 1) {
    const pair = spaced.slice(at + 1, at + 3);
    if (spaced[at] === '%' && /^[0-9A-Fa-f]{2}$/.test(pair)) {
      bytes.push(Number.parseInt(pair, 16));
      at += 2;
    } else bytes.push(...encodeUtf8(spaced[at]));
  }
  return decodeUtf8(Uint8Array.from(bytes));
}

export class URLSearchParams {
  #pairs = [];

  constructor(init = '') {
    if (typeof init === 'string') {
      for (const part of init.replace(/^\?/, '').split('&')) {
        if (part === '') continue;
        const at = part.indexOf('=');
        const [name, value] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
        this.#pairs.push([decodeForm(name), decodeForm(value)]);
      }
    } else {
      const entries = typeof init[Symbol.iterator] === 'function' ? init : Object.entries(init);
      for (const [name, value] of entries) this.append(name, value);
    }
  }

  append(name, value) { this.#pairs.push([String(name), String(value)]); }
  delete(name) { this.#pairs = this.#pairs.filter(([found]) => found !== name); }
  get(name) { return this.#pairs.find(([found]) => found === name)?.[1] ?? null; }
  getAll(name) { return this.#pairs.filter(([found]) => found === name).map(([, value]) => value); }
  has(name) { return this.#pairs.some(([found]) => found === name); }

  set(name, value) {
    const at = this.#pairs.findIndex(([found]) => found === name);
    if (at < 0) return this.append(name, value);
    this.#pairs = this.#pairs.filter(([found], index) => found !== name || index === at);
    this.#pairs[at][1] = String(value);
  }

  sort() { this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)); }
  forEach(run) { for (const [name, value] of this.#pairs) run(value, name, this); }
  *entries() { yield* this.#pairs.map(([name, value]) => [name, value]); }
  *keys() { yield* this.#pairs.map(([name]) => name); }
  *values() { yield* this.#pairs.map(([, value]) => value); }
  [Symbol.iterator]() { return this.entries(); }
  get size() { return this.#pairs.length; }
  toString() { return this.#pairs.map(([name, value]) => `${encodeForm(name)}=${encodeForm(value)}`).join('&'); }
}

const ABSOLUTE = /^(https?:)\/\/(?:([^/?#@]*)@)?([^/?#:]+)(?::(\d+))?([^?#]*)(\?[^#]*)?(#.*)?$/i;

export class URL {
  constructor(text, base) {
    const found = ABSOLUTE.exec(base === undefined ? String(text) : URL.#join(String(text), new URL(base)));
    if (!found) throw new TypeError('Invalid URL');
    const [, protocol, user = '', host, port = '', path, search = '', hash = ''] = found;
    this.protocol = protocol.toLowerCase();
    [this.username, this.password = ''] = user.split(':');
    this.hostname = host.toLowerCase();
    this.port = port === (this.protocol === 'https:' ? '443' : '80') ? '' : port;
    this.pathname = path === '' ? '/' : encodeURI(path).replaceAll('%25', '%');
    this.hash = hash;
    this.search = search;
  }

  static #join(text, base) {
    if (/^https?:/i.test(text)) return text;
    return base.origin + (text.startsWith('/') ? text : base.pathname.replace(/[^/]*$/, text));
  }

  set search(text) { this.searchParams = new URLSearchParams(text); this.query = text.replace(/^\?/, ''); }
  get search() {
    const same = new URLSearchParams(this.query).toString() === this.searchParams.toString();
    const query = same ? this.query : this.searchParams.toString();
    return query === '' ? '' : `?${query}`;
  }

  get host() { return this.port === '' ? this.hostname : `${this.hostname}:${this.port}`; }
  get origin() { return `${this.protocol}//${this.host}`; }
  get href() { return this.origin + this.pathname + this.search + this.hash; }
  toString() { return this.href; }
  toJSON() { return this.href; }
}

export default { URL, URLSearchParams };
