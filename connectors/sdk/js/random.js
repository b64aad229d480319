// `Math.random` out of the call's nonce. The engine's own is seeded while the connector is built, and would then give the
// same numbers in every call, for ever.
//
// sfc32 by Chris Doty-Humphrey (PractRand, public domain): 128 bits of state, which is what a nonce has. Not for keys and
// codes, of which a connector makes none.

let a = 0;
let b = 0;
let c = 0;
let counter = 0;

function next() {
  const result = (a + b + counter) | 0;
  counter = (counter + 1) | 0;
  a = b ^ (b >>> 9);
  b = (c + (c << 3)) | 0;
  c = ((c << 21) | (c >>> 11)) + result | 0;
  return result >>> 0;
}

/** @param {string} nonce 32 hexadecimal digits */
export function seed(nonce) {
  [a, b, c, counter] = [0, 8, 16, 24].map((at) => parseInt(nonce.slice(at, at + 8), 16) | 0);
  // The first few still look like the seed.
  for (let round = 0; round < 12; round++) next();
}

/** At least 0, less than 1; 53 bits, as the engine's has. */
export const random = () => ((next() >>> 5) * 0x400_0000 + (next() >>> 6)) / 0x20_0000_0000_0000;
