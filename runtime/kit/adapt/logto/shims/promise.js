// A promise that runs its callbacks at once. The host's functions block, so nothing here is ever waited for; and a
// promise that outlived the call would be a success that never happened. esbuild writes async functions as generators
// over `Promise`, so with this one in its place a package runs from top to bottom.

const PENDING = 0;
const FULFILLED = 1;
const REJECTED = 2;

export class SyncPromise {
  #state = PENDING;
  #value;
  #waiting = [];

  constructor(executor) {
    try {
      executor((value) => this.#resolve(value), (reason) => this.#settle(REJECTED, reason));
    } catch (error) {
      this.#settle(REJECTED, error);
    }
  }

  #resolve(value) {
    if (this.#state !== PENDING) return;
    if (typeof value?.then !== 'function') return this.#settle(FULFILLED, value);
    try {
      value.then((inner) => this.#resolve(inner), (reason) => this.#settle(REJECTED, reason));
    } catch (error) {
      this.#settle(REJECTED, error);
    }
  }

  #settle(state, value) {
    if (this.#state !== PENDING) return;
    this.#state = state;
    this.#value = value;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const run of waiting) run();
  }

  then(onFulfilled, onRejected) {
    return new SyncPromise((resolve, reject) => {
      const run = () => {
        const handler = this.#state === FULFILLED ? onFulfilled : onRejected;
        try {
          if (typeof handler === 'function') resolve(handler(this.#value));
          else if (this.#state === FULFILLED) resolve(this.#value);
          else reject(this.#value);
        } catch (error) {
          reject(error);
        }
      };
      if (this.#state === PENDING) this.#waiting.push(run);
      else run();
    });
  }

  catch(onRejected) {
    return this.then(undefined, onRejected);
  }

  finally(run) {
    return this.then(
      (value) => SyncPromise.resolve(run()).then(() => value),
      (reason) => SyncPromise.resolve(run()).then(() => { throw reason; }),
    );
  }

  // What it came to: { value } or { error }; null while it still waits.
  get outcome() {
    if (this.#state === PENDING) return null;
    return this.#state === FULFILLED ? { value: this.#value } : { error: this.#value };
  }

  static resolve(value) {
    return value instanceof SyncPromise ? value : new SyncPromise((resolve) => resolve(value));
  }

  static reject(reason) {
    return new SyncPromise((_, reject) => reject(reason));
  }

  static all(items) {
    return new SyncPromise((resolve, reject) => {
      const list = [...items];
      const values = [];
      let left = list.length;
      if (left === 0) resolve(values);
      list.forEach((item, index) => SyncPromise.resolve(item).then((value) => {
        values[index] = value;
        left -= 1;
        if (left === 0) resolve(values);
      }, reject));
    });
  }

  static allSettled(items) {
    const told = (item) => SyncPromise.resolve(item).then(
      (value) => ({ status: 'fulfilled', value }),
      (reason) => ({ status: 'rejected', reason }),
    );
    return SyncPromise.all([...items].map(told));
  }

  static race(items) {
    return new SyncPromise((resolve, reject) => {
      for (const item of items) SyncPromise.resolve(item).then(resolve, reject);
    });
  }
}

// The value of what an async function returned, now.
export function settled(value) {
  if (typeof value?.then !== 'function') return value;
  const promise = new SyncPromise((resolve) => resolve(value));
  if (promise.outcome === null) throw new Error('the package waits for something that never comes');
  if ('error' in promise.outcome) throw promise.outcome.error;
  return promise.outcome.value;
}
