// How bytes and moments are written where a provider's signature scheme is particular about it.

import { URLSearchParams } from "./polyfills.js";
import { sha256 } from "./sha256.js";
import { binaryOf, decode, encode } from "./utf8.js";

const bytes = (data) => (typeof data === "string" ? encode(data) : new Uint8Array(data));
const hexadecimal = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Text as UTF-8. */
export const utf8 = (text) => encode(String(text));

/** UTF-8 as text; what is none becomes U+FFFD. */
export const fromUtf8 = (data) => decode(bytes(data));

/** Base64 (RFC 4648 §4, with padding). */
export const base64 = (data) => btoa(binaryOf(bytes(data)));

/** The bytes that base64 stands for; undefined if it isn't base64. */
export function fromBase64(text) {
  const given = String(text).trim();
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(given)) return undefined;
  return Uint8Array.from(atob(given), (character) => character.charCodeAt(0));
}

/** Lower-case hexadecimal. */
export const hex = (data) => hexadecimal(bytes(data));

/** The bytes that hexadecimal of either case stands for; undefined if it isn't hexadecimal. */
export function fromHex(text) {
  const given = String(text).trim();
  if (!/^(?:[0-9a-f]{2})*$/i.test(given)) return undefined;
  return Uint8Array.from(given.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** SHA-256 in lower-case hexadecimal, as canonical requests want a body's digest. */
export const sha256Hex = (data) => hexadecimal(sha256(bytes(data)));

/** SHA-256 in base64, as a `content-sha256` header has it. */
export const sha256Base64 = (data) => base64(sha256(bytes(data)));

/** Percent-encoding as AWS and Alibaba Cloud sign it: everything but the unreserved characters of RFC 3986 §2.3. */
export const percentEncode = (text) =>
  encodeURIComponent(String(text).toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** `name=value&…`, percent-encoded, in the order given: the query as it is sent. */
export const query = (pairs) => pairs.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`).join("&");

/** A query sorted by name, then value: the canonical query, as it is signed. */
export function canonicalQuery(pairs) {
  // By their bytes, as signatures want it. JavaScript compares UTF-16, which differs beyond U+FFFF.
  const key = (text) => hexadecimal(encode(String(text)));
  const keyed = pairs.map((pair) => ({ pair, keys: pair.map(key) }));
  const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  keyed.sort((a, b) => order(a.keys[0], b.keys[0]) || order(a.keys[1], b.keys[1]));
  return query(keyed.map(({ pair }) => pair));
}

/** The body of an `application/x-www-form-urlencoded` request, where a signature covers it. */
export const form = (pairs) => new URLSearchParams(pairs).toString();

/** The fields of such a body, as a callback has them. */
export const fromForm = (body) => [...new URLSearchParams(`&${decode(bytes(body))}`)];

/** The call's time, as signature schemes write it. Always UTC. */
export function moment(call) {
  const at = new Date(call.issuedAt);
  const iso8601 = at.toISOString().replace(/\.\d+Z$/, "Z");
  const basic = (text) => text.replace(/[-:]/g, "");
  return {
    /** Unix time: `1768478400`. */
    seconds: Math.floor(call.issuedAt / 1000),
    /** `2026-01-15` */
    date: iso8601.slice(0, 10),
    /** `20260115` */
    dateBasic: basic(iso8601.slice(0, 10)),
    /** `2026-01-15T12:00:00Z` */
    iso8601,
    /** `20260115T120000Z` */
    iso8601Basic: basic(iso8601),
    /** `Thu, 15 Jan 2026 12:00:00 GMT` */
    httpDate: at.toUTCString(),
  };
}
