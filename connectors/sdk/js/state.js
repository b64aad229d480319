// What is known of the call that runs. Each call has an instance of its own, which is dropped after it: so there is one.

export const state = {
  /** False while the connector is built: the engine is started then, and what it holds is written into the component. */
  running: false,
  /** Whether a request may have reached the provider. */
  begun: false,
  /** What `connector()` made, by the names under which it has to be exported. */
  made: /** @type {string[]} */ ([]),
};

/**
 * The host answers only in a call: at the top of a module there is none, and the build would end in a trap.
 * @param {string} what
 */
export function inCall(what) {
  if (!state.running) throw new Error(`${what} works in send(), check() and handle() only, not while the connector is built`);
}
