// UTF-8, base64, hexadecimal and Node's Buffer, as far as packages that send a message need them.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const REPLACEMENT = 0xfffd;

export function encodeUtf8(text) {
  const out = [];
  for (const character of String(text)) {
    const code = character.codePointAt(0);
    const point = code >= 0xd800 && code <= 0xdfff ? REPLACEMENT : code;
    if (point < 0x80) out.push(point);
    else if (point < 0x800) out.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) out.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else out.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
  }
  return Uint8Array.from(out);
}

export function decodeUtf8(bytes) {
  let out = '';
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at];
    const length = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
    const rest = length === 0 ? [] : [...bytes.slice(at + 1, at + length)];
    const whole = length > 0 && rest.length === length - 1 && rest.every((byte) => (byte & 0xc0) === 0x80);
    const start = length === 1 ? first : first & (0xff >> (length + 1));
    const point = whole ? rest.reduce((sum, byte) => (sum << 6) | (byte & 63), start) : REPLACEMENT;
    const valid = whole && point >= [0, 0, 0x80, 0x800, 0x10000][length] && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    out += String.fromCodePoint(valid ? point : REPLACEMENT);
    at += valid ? length : 1;
  }
  return out;
}

export function toBase64(bytes) {
  let out = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const three = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    out += ALPHABET[three >> 18] + ALPHABET[(three >> 12) & 63];
    out += left > 1 ? ALPHABET[(three >> 6) & 63] : '=';
    out += left > 2 ? ALPHABET[three & 63] : '=';
  }
  return out;
}

export function fromBase64(text) {
  const signs = text.replaceAll('-', '+').replaceAll('_', '/').replace(/[^A-Za-z0-9+/]/g, '');
  const out = [];
  let held = 0;
  let bits = 0;
  for (const sign of signs) {
    held = ((held << 6) | ALPHABET.indexOf(sign)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push((held >> bits) & 0xff);
    }
  }
  return Uint8Array.from(out);
}

export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
export const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

export class Buffer extends Uint8Array {
  static from(value, encoding = 'utf8') {
    if (typeof value !== 'string') return new Buffer(value instanceof ArrayBuffer ? new Uint8Array(value) : value);
    switch (encoding.toLowerCase()) {
      case 'hex': return new Buffer(fromHex(value));
      case 'base64': case 'base64url': return new Buffer(fromBase64(value));
      case 'latin1': case 'binary': case 'ascii': return new Buffer(Uint8Array.from(value, (c) => c.charCodeAt(0)));
      default: return new Buffer(encodeUtf8(value));
    }
  }

  static alloc(size) {
    return new Buffer(size);
  }

  static isBuffer(value) {
    return value instanceof Buffer;
  }

  static byteLength(value, encoding) {
    return Buffer.from(value, encoding).length;
  }

  static concat(list) {
    return new Buffer(list.flatMap((bytes) => [...bytes]));
  }

  toString(encoding = 'utf8') {
    switch (encoding.toLowerCase()) {
      case 'hex': return toHex(this);
      case 'base64': return toBase64(this);
      case 'base64url': return toBase64(this).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      case 'latin1': case 'binary': case 'ascii': return Array.from(this, (byte) => String.fromCharCode(byte)).join('');
      default: return decodeUtf8(this);
    }
  }

  toJSON() {
    return { type: 'Buffer', data: [...this] };
  }
}

export default { Buffer };
