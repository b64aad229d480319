// What packages take for granted, and this engine does not have. Only what a connector can do: no timers, no `fetch`
// (the host's `exchange` is the only way out), no `URL`, nothing of Node's.

import { decode, decodeStrict, decodeWithMark, encode } from "./utf8.js";

class TextEncoder {
  get encoding() {
    return "utf-8";
  }

  encode(text = "") {
    return encode(String(text));
  }
}

class TextDecoder {
  #fatal;

  constructor(label = "utf-8", options = {}) {
    if (!/^\s*(utf-?8|unicode-1-1-utf-8)\s*$/i.test(label)) {
      throw new RangeError(`TextDecoder knows UTF-8 only here, not \`${label}\``);
    }
    this.#fatal = Boolean(options.fatal);
  }

  get encoding() {
    return "utf-8";
  }

  get fatal() {
    return this.#fatal;
  }

  decode(input = new Uint8Array()) {
    const bytes = ArrayBuffer.isView(input)
      ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
      : new Uint8Array(input);
    if (!this.#fatal) return decode(bytes);
    const text = decodeStrict(bytes);
    if (text === undefined) throw new TypeError("the bytes are not UTF-8");
    return text;
  }
}

// `application/x-www-form-urlencoded` keeps `*-._`, and nothing else that is not a letter or a digit.
const written = (text) =>
  encodeURIComponent(text.toWellFormed())
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");

// A `%` that is none stands for itself, and bytes that are no UTF-8 become U+FFFD.
const read = (text) => {
  const spaced = text.replaceAll("+", " ").toWellFormed();
  if (!spaced.includes("%")) return spaced;
  const binary = unescape(encodeURIComponent(spaced));
  const bytes = binary.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return decodeWithMark(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
};

class URLSearchParams {
  #pairs = /** @type {[string, string][]} */ ([]);

  constructor(init = "") {
    if (typeof init === "object" && init !== null) {
      const pairs = Symbol.iterator in init ? init : Object.entries(init);
      for (const [name, value] of pairs) this.append(name, value);
    } else {
      for (const part of String(init).replace(/^\?/, "").split("&")) {
        if (part === "") continue;
        const at = part.indexOf("=");
        const [name, value] = at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
        this.#pairs.push([read(name), read(value)]);
      }
    }
  }

  get size() {
    return this.#pairs.length;
  }

  append(name, value) {
    this.#pairs.push([String(name).toWellFormed(), String(value).toWellFormed()]);
  }

  delete(name, value) {
    this.#pairs = this.#pairs.filter((pair) => pair[0] !== name || (value !== undefined && pair[1] !== value));
  }

  get(name) {
    return this.#pairs.find((pair) => pair[0] === name)?.[1] ?? null;
  }

  getAll(name) {
    return this.#pairs.filter((pair) => pair[0] === name).map((pair) => pair[1]);
  }

  has(name, value) {
    return this.#pairs.some((pair) => pair[0] === name && (value === undefined || pair[1] === value));
  }

  set(name, value) {
    const at = this.#pairs.findIndex((pair) => pair[0] === name);
    if (at < 0) return this.append(name, value);
    this.#pairs[at][1] = String(value).toWellFormed();
    this.#pairs = this.#pairs.filter((pair, index) => index <= at || pair[0] !== name);
  }

  sort() {
    this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  }

  forEach(each, self) {
    for (const [name, value] of this.#pairs) each.call(self, value, name, this);
  }

  *entries() {
    for (const [name, value] of this.#pairs) yield [name, value];
  }

  *keys() {
    for (const pair of this.#pairs) yield pair[0];
  }

  *values() {
    for (const pair of this.#pairs) yield pair[1];
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  toString() {
    return this.#pairs.map(([name, value]) => `${written(name)}=${written(value)}`).join("&");
  }
}

export { TextDecoder, TextEncoder, URLSearchParams };
