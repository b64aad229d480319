// UTF-8, which this engine does not bring. What it does bring is native and quick (`encodeURIComponent`, regular
// expressions, `fromCharCode`), and a loop over the bytes of a large answer is not: so loops are for what is broken.

/** What `fromCharCode` takes as arguments. */
const CHUNK = 8192;
const BOM = "\ufeff";

/** @param {string} text */
export function encode(text) {
  const binary = unescape(encodeURIComponent(text.toWellFormed()));
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/**
 * Bytes as text, without a byte order mark; what is no UTF-8 becomes U+FFFD.
 * @param {Uint8Array} bytes
 */
export const decode = (bytes) => withoutMark(decodeWithMark(bytes));

/**
 * The same, and a mark stays: in a form it is a character like others.
 * @param {Uint8Array} bytes
 */
export const decodeWithMark = (bytes) => strict(bytes) ?? lossy(bytes);

/**
 * Bytes as text, if they are UTF-8.
 * @param {Uint8Array} bytes
 * @returns {string | undefined}
 */
export function decodeStrict(bytes) {
  const text = strict(bytes);
  return text === undefined ? undefined : withoutMark(text);
}

/** @param {string} text */
const withoutMark = (text) => (text.startsWith(BOM) ? text.slice(1) : text);

/**
 * One character for each byte.
 * @param {Uint8Array} bytes
 */
export function binaryOf(bytes) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += CHUNK) {
    parts.push(String.fromCharCode.apply(null, /** @type {any} */ (bytes.subarray(at, at + CHUNK))));
  }
  return parts.join("");
}

/** @param {Uint8Array} bytes */
function strict(bytes) {
  const binary = binaryOf(bytes);
  if (!/[\x80-\xff]/.test(binary)) return binary;
  try {
    return decodeURIComponent(escape(binary));
  } catch {
    return undefined;
  }
}

/**
 * Lead byte, how many follow, and what the first of them may be (Unicode 16, table 3-7).
 * @param {number} lead
 * @returns {[number, number, number] | undefined}
 */
function sequence(lead) {
  if (lead >= 0xc2 && lead <= 0xdf) return [1, 0x80, 0xbf];
  if (lead >= 0xe0 && lead <= 0xef) return [2, lead === 0xe0 ? 0xa0 : 0x80, lead === 0xed ? 0x9f : 0xbf];
  if (lead >= 0xf0 && lead <= 0xf4) return [3, lead === 0xf0 ? 0x90 : 0x80, lead === 0xf4 ? 0x8f : 0xbf];
  return undefined;
}

/**
 * Each longest beginning of a sequence that ends too early is one U+FFFD, as WHATWG's decoder has it.
 * @param {Uint8Array} bytes
 */
function lossy(bytes) {
  const out = [];
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at++];
    if (lead < 0x80) {
      out.push(String.fromCharCode(lead));
      continue;
    }
    let [left, low, high] = sequence(lead) ?? [-1, 0, 0];
    let point = left === 1 ? lead & 0x1f : left === 2 ? lead & 0x0f : lead & 0x07;
    while (left > 0 && at < bytes.length && bytes[at] >= low && bytes[at] <= high) {
      point = (point << 6) | (bytes[at++] & 0x3f);
      [left, low, high] = [left - 1, 0x80, 0xbf];
    }
    out.push(left === 0 ? String.fromCodePoint(point) : "\ufffd");
  }
  return out.join("");
}
