// Promises that are run to their end before an export answers.
//
// The engine would run its own after the call, when nobody listens any more: an `async send()` would have asked nobody,
// and its promise would be taken for a receipt. Nothing lets a connector run the engine's queue, so this is one of ours.
// `build.mjs` writes `async` functions as generators over the global `Promise`, which is this one. Every wait in a
// connector is the host's, and blocks; so whatever can be settled is settled by running the queue until it is empty.

/** @type {(() => void)[]} */
const jobs = [];

function drain() {
  for (let job = jobs.shift(); job; job = jobs.shift()) job();
}

/** @param {() => void} job */
export function queueMicrotask(job) {
  if (typeof job !== "function") throw new TypeError("queueMicrotask() takes a function");
  jobs.push(job);
}

const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

class Promise {
  #state = /** @type {"pending" | "fulfilled" | "rejected"} */ ("pending");
  #value = undefined;
  #waiting = /** @type {(() => void)[]} */ ([]);

  constructor(executor) {
    if (typeof executor !== "function") throw new TypeError("a promise is made with a function");
    const { resolve, reject } = this.#once();
    try {
      executor(resolve, reject);
    } catch (error) {
      reject(error);
    }
  }

  /** Of a pair of these, the first call counts. */
  #once() {
    let called = false;
    const first = (then) => (value) => {
      if (called) return;
      called = true;
      then(value);
    };
    return { resolve: first((value) => this.#resolve(value)), reject: first((error) => this.#settle("rejected", error)) };
  }

  #resolve(value) {
    if (value === this) return this.#settle("rejected", new TypeError("a promise can't wait for itself"));
    if (!isObject(value)) return this.#settle("fulfilled", value);
    let then;
    try {
      then = value.then;
    } catch (error) {
      return this.#settle("rejected", error);
    }
    if (typeof then !== "function") return this.#settle("fulfilled", value);
    jobs.push(() => {
      const { resolve, reject } = this.#once();
      try {
        then.call(value, resolve, reject);
      } catch (error) {
        reject(error);
      }
    });
  }

  #settle(state, value) {
    this.#state = state;
    this.#value = value;
    jobs.push(...this.#waiting);
    this.#waiting = [];
  }

  then(fulfilled, rejected) {
    const { promise, resolve, reject } = Promise.withResolvers();
    const job = () => {
      const handler = this.#state === "fulfilled" ? fulfilled : rejected;
      if (typeof handler !== "function") return (this.#state === "fulfilled" ? resolve : reject)(this.#value);
      try {
        resolve(handler(this.#value));
      } catch (error) {
        reject(error);
      }
    };
    if (this.#state === "pending") this.#waiting.push(job);
    else jobs.push(job);
    return promise;
  }

  catch(rejected) {
    return this.then(undefined, rejected);
  }

  finally(run) {
    if (typeof run !== "function") return this.then(run, run);
    return this.then(
      (value) => Promise.resolve(run()).then(() => value),
      (error) => Promise.resolve(run()).then(() => Promise.reject(error)),
    );
  }

  static withResolvers() {
    let resolve, reject;
    const promise = new Promise((yes, no) => ([resolve, reject] = [yes, no]));
    return { promise, resolve, reject };
  }

  static resolve(value) {
    return value instanceof Promise ? value : new Promise((resolve) => resolve(value));
  }

  static reject(error) {
    return new Promise((_, reject) => reject(error));
  }

  static try(run, ...values) {
    return new Promise((resolve) => resolve(run(...values)));
  }

  /** Wait for all of them; `each` says what one is worth, and may end the wait with it. */
  static #gather(promises, each, end) {
    return new Promise((resolve, reject) => {
      const values = [];
      let left = 1;
      const done = () => --left || end(values, resolve, reject);
      let index = 0;
      for (const promise of promises) {
        const at = index++;
        const keep = (value) => ((values[at] = value), done());
        left++;
        Promise.resolve(promise).then(...each(keep, resolve, reject));
      }
      done();
    });
  }

  static all(promises) {
    return Promise.#gather(promises, (keep, _, reject) => [keep, reject], (values, resolve) => resolve(values));
  }

  static allSettled(promises) {
    const each = (keep) => [
      (value) => keep({ status: "fulfilled", value }),
      (reason) => keep({ status: "rejected", reason }),
    ];
    return Promise.#gather(promises, each, (values, resolve) => resolve(values));
  }

  static any(promises) {
    const none = (errors, _, reject) => reject(new AggregateError(errors, "none of the promises was fulfilled"));
    return Promise.#gather(promises, (keep, resolve) => [resolve, keep], none);
  }

  static race(promises) {
    return new Promise((resolve, reject) => {
      for (const promise of promises) Promise.resolve(promise).then(resolve, reject);
    });
  }

  get [Symbol.toStringTag]() {
    return "Promise";
  }
}

/**
 * What a function came to, a promise's value included.
 * @param {unknown} value
 * @param {string} what
 */
export function settled(value, what) {
  if (!isObject(value) || typeof value.then !== "function") return value;
  let came = /** @type {(() => unknown) | undefined} */ (undefined);
  value.then(
    (result) => (came = () => result),
    (error) => {
      came = () => {
        throw error;
      };
    },
  );
  drain();
  if (came) return came();
  throw new Error(
    `${what} waits for a promise that nothing is left to keep. There are no timers in a connector, and \`async\` ` +
      "functions are run to their end only as sdk/build.mjs writes them. Nothing needs `await` here: exchange() returns the answer",
  );
}

export { Promise };
