// What packages expect around them and the engine has not. Imported before anything else.

import log from 'countersign:connector/log@1.0.0';
import { call } from '../call.js';
import { Buffer, decodeUtf8, encodeUtf8, fromBase64, toBase64 } from './bytes.js';
import { getRandomValues, randomUUID } from './crypto.js';
import { SyncPromise } from './promise.js';
import { URL, URLSearchParams } from './url.js';

const EngineDate = globalThis.Date;

// The host's time: the engine's own stood still when this component was made, and would sign stale requests.
class CallDate extends EngineDate {
  constructor(...given) {
    if (given.length === 0) super(call.now);
    else super(...given);
  }

  static now() {
    return call.now;
  }
}

const PART_MAX = 500;

function shown(value) {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value !== 'object') return String(value);
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '(not shown)';
  }
}

const write = (level) => (...parts) => log.write(level, parts.map((part) => shown(part).slice(0, PART_MAX)).join(' '));

Object.assign(globalThis, {
  Promise: SyncPromise,
  Date: CallDate,
  Buffer,
  URL,
  URLSearchParams,
  TextEncoder: class { encode(text = '') { return encodeUtf8(text); } },
  TextDecoder: class { decode(bytes = []) { return decodeUtf8(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes); } },
  atob: (text) => Buffer.from(fromBase64(text)).toString('latin1'),
  btoa: (text) => toBase64(Buffer.from(text, 'latin1')),
  crypto: { randomUUID, getRandomValues },
  console: {
    debug: write('debug'), log: write('info'), info: write('info'), warn: write('warning'), error: write('critical'),
  },
  global: globalThis,
});

// The engine's generator was seeded when this component was made: every call would draw the same.
Math.random = () => getRandomValues(new Uint8Array(6)).reduce((sum, byte) => (sum + byte) / 256, 0);
