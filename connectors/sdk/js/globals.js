// What the engine lacks or has wrong, put right before any other module runs: `build.mjs` sees to that.

import { log } from "./host.js";
import * as polyfills from "./polyfills.js";
import { Promise, queueMicrotask } from "./promise.js";
import { random } from "./random.js";
import { state } from "./state.js";

/**
 * @param {unknown} value
 * @returns {string}
 */
export function shown(value) {
  if (value instanceof Error) {
    const stack = String(value.stack ?? "").trimEnd();
    return stack === "" ? `${value}` : `${value}\n${stack}`;
  }
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/**
 * A line of the connector's log. While the connector is built there is no log, and nothing to say.
 * @param {"debug" | "info" | "warning" | "critical"} level
 * @param {unknown[]} words
 */
export function write(level, ...words) {
  if (state.running) log.write(level, words.map(shown).join(" ").toWellFormed());
}

const console = {
  debug: (...words) => write("debug", ...words),
  log: (...words) => write("info", ...words),
  info: (...words) => write("info", ...words),
  warn: (...words) => write("warning", ...words),
  error: (...words) => write("critical", ...words),
};

// A date that is taken while the connector is built would stand in it for ever, and a request that is signed with it be
// refused as stale one day.
const clock = Date;
const inCall = () => {
  if (!state.running) {
    throw new Error("the time is known in send(), check() and handle() only: asked while the connector is built, it would stay");
  }
};

const guarded = new Proxy(clock, {
  apply: (target, self, given) => (inCall(), Reflect.apply(target, self, given)),
  construct: (target, given, made) => (given.length === 0 && inCall(), Reflect.construct(target, given, made)),
  get: (target, name) => (name === "now" ? () => (inCall(), target.now()) : Reflect.get(target, name)),
});

/** The clock goes: a call has begun. */
export function unguard() {
  globalThis.Date = clock;
}

Object.assign(globalThis, polyfills, { console, Date: guarded, Promise, queueMicrotask });
Math.random = random;
