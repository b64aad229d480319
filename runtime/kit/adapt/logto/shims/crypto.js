// Node's crypto, as far as signing a request needs it. A key that holds a secret is followed without ever being there:
// each step of the chain is written down, and at its end the host signs and gives a marker for the signature.

import { hmac } from '@noble/hashes/hmac';
import { md5, sha1 } from '@noble/hashes/legacy';
import { sha256, sha512 } from '@noble/hashes/sha2';
import credentials from 'countersign:connector/credentials@1.0.0';
import plan from '../plan.json';
import { call, refuse } from '../call.js';
import { holds, match } from '../secrets.js';
import { Buffer, encodeUtf8, fromHex, toHex } from './bytes.js';

const ALGORITHMS = { md5, sha1, sha256, sha512 };
const plainName = (algorithm) => algorithm.toLowerCase().replace('-', '');
const named = (algorithm) => ALGORITHMS[plainName(algorithm)] ?? refuse(`the package uses the hash ${algorithm}`);
const bytesOf = (data, encoding) => (typeof data === 'string' ? Buffer.from(data, encoding) : new Uint8Array(data));
const written = (bytes, encoding) => (encoding === undefined || encoding === 'buffer' ? new Buffer(bytes) : new Buffer(bytes).toString(encoding));

// A key in which a secret is, as the way to it.
class SecretKey {
  constructor(field, prefix, suffix, chain) {
    Object.assign(this, { field, prefix, suffix, chain });
  }

  next(link) {
    return new SecretKey(this.field, this.prefix, this.suffix, [...this.chain, link]);
  }

  toString() {
    return refuse(`the package reads a key that is made of \`${this.field}\``);
  }
}

function secretKey(key) {
  if (key instanceof SecretKey) return key;
  const text = typeof key === 'string' ? key : '';
  const found = [...call.placeholders].filter(([placeholder]) => text.includes(placeholder));
  if (found.length === 0) return null;
  const [[placeholder, field]] = found;
  const parts = text.split(placeholder);
  if (found.length > 1 || parts.length > 2) refuse('the package makes one key of several secrets');
  return new SecretKey(field, parts[0], parts[1], []);
}

class Hash {
  constructor(algorithm) {
    this.make = named(algorithm).create();
  }

  update(data, encoding) {
    if (holds(data)) refuse('the package hashes a secret, for which a manifest has no credential here');
    this.make.update(bytesOf(data, encoding));
    return this;
  }

  digest(encoding) {
    return written(this.make.digest(), encoding);
  }
}

class Hmac {
  constructor(algorithm, key) {
    this.algorithm = plainName(algorithm);
    this.secret = secretKey(key);
    this.key = key;
    this.data = [];
  }

  update(data, encoding) {
    if (holds(data)) refuse('the package signs a text that has a secret in it');
    this.data.push(...bytesOf(data, encoding));
    return this;
  }

  digest(encoding) {
    const data = Uint8Array.from(this.data);
    if (this.secret === null) return this.#plain(data, encoding);
    if (encoding === undefined || encoding === 'buffer') return this.secret.next(new Buffer(data).toString());
    const name = match.signature(plan, this.secret, this.algorithm, encoding);
    try {
      const marker = credentials.sign(name, data);
      call.markers.push([marker, name]);
      return marker;
    } catch (error) {
      return refuse(`the host did not sign with \`${name}\`: ${error.payload?.val ?? error.payload?.tag ?? error.message}`);
    }
  }

  #plain(data, encoding) {
    const key = typeof this.key === 'string' ? encodeUtf8(this.key) : this.key;
    const bytes = hmac(named(this.algorithm), key, data);
    const value = written(bytes, encoding);
    // Which keys led to which signature, for whoever describes the package.
    call.hashes?.push({
      algorithm: this.algorithm, encoding: encoding ?? null, key: typeof this.key === 'string' ? this.key : null,
      parent: typeof this.key === 'string' ? null : toHex(this.key), data: new Buffer(data).toString(),
      result: toHex(bytes), value: typeof value === 'string' ? value : null,
    });
    return value;
  }
}

// Fresh bytes out of the call's nonce, which the host draws anew for each call.
function drawn(count) {
  const out = [];
  while (out.length < count) {
    const round = call.drawn === 0 && count === 16 ? fromHex(call.nonce) : sha256(encodeUtf8(`${call.nonce}:${call.drawn}`));
    call.drawn += 1;
    out.push(...round);
  }
  return out.slice(0, count);
}

export const createHash = (algorithm) => new Hash(algorithm);
export const createHmac = (algorithm, key) => new Hmac(algorithm, key);
export const randomBytes = (count) => new Buffer(drawn(count));

export function getRandomValues(array) {
  array.set(drawn(array.length));
  return array;
}

export function randomUUID() {
  const bytes = drawn(16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export const webcrypto = { randomUUID, getRandomValues };
export default { createHash, createHmac, randomBytes, randomUUID, getRandomValues, webcrypto };
