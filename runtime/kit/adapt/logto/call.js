// What belongs to one call. A fresh instance serves each, so this starts empty every time.

export const call = {
  // Milliseconds since 1970, told by the host: no clock of the engine's is read.
  now: 0,
  nonce: '',
  drawn: 0,
  // What stands for a secret in the configuration: placeholder -> field.
  placeholders: new Map(),
  // The configuration as the package sees it.
  config: {},
  // Why this adapter stopped the call; packages wrap and lose what is thrown through them.
  refusal: null,
  // What the host gave for signatures: [marker, credential].
  markers: [],
  // The last exchange: { request, response } or { request, fault }.
  last: null,
  // Whether a provider was content before that: a message may have been in it.
  before: false,
  // Only while a package is described: every keyed hash that it made.
  hashes: null,
};

// The package does something that can't be done without holding a secret, or that no provider's sender does.
export class Refusal extends Error {
  constructor(text) {
    super(text);
    this.name = 'Refusal';
  }
}

export const refuse = (text) => {
  call.refusal ??= new Refusal(text);
  throw call.refusal;
};
