// A connector: what an author's functions become. Whatever they do, the host gets an answer and no trap.

import { Failure, failure } from "./failure.js";
import { shown, unguard, write } from "./globals.js";
import { Received } from "./http.js";
import * as lower from "./lower.js";
import { settled } from "./promise.js";
import { seed } from "./random.js";
import { state } from "./state.js";
import { decode } from "./utf8.js";
import { URLSearchParams } from "./polyfills.js";

/** A provider's request to us. */
class Callback extends Received {
  constructor(callback) {
    super(callback);
    this.method = callback.method;
    this.url = callback.url;
  }

  form() {
    return new URLSearchParams(`&${decode(this.body)}`);
  }
}

/** What an author calls it, under what it is exported, what it gets and what it returns. */
const EXPORTS = {
  send: { name: "sms", given: (message) => [message], lower: lower.receipt },
  check: { name: "account", given: () => [], lower: lower.standing },
  handle: { name: "deliveryReports", given: (callback) => [new Callback(callback)], lower: lower.handled },
};

/** Make the exports of a connector: `export const { sms } = connector({ send })`. */
export function connector(made) {
  if (typeof made?.send !== "function") throw new TypeError("a connector has send(call, config, message)");
  const exports = {};
  for (const [method, { name, given, lower }] of Object.entries(EXPORTS)) {
    if (made[method] === undefined) continue;
    state.made.push(name);
    exports[name] = { [method]: (call, config, input) => answered(made, method, call, config, given(input), lower) };
  }
  return exports;
}

function answered(made, method, call, config, input, lower) {
  state.running = true;
  unguard();
  seed(call.nonce);
  try {
    return lower(settled(made[method](call, configured(config), ...input), `${method}()`));
  } catch (error) {
    throw refused(error);
  }
}

/** The host has judged it by the schema already. */
function configured(config) {
  try {
    return JSON.parse(config);
  } catch {
    throw failure("invalid-config", "the configuration is no JSON");
  }
}

/** What was thrown, as a failure: an author's own, or one that says that his code broke. */
function refused(error) {
  if (error instanceof Failure) {
    try {
      return lower.refusal(error);
    } catch (broken) {
      error = broken;
    }
  }
  write("critical", error);
  const told = failure("other", `the connector's code broke: ${firstLine(error)}`);
  return lower.refusal(state.begun ? told.maybeSent() : told);
}

const firstLine = (error) => shown(error).split("\n", 1)[0];
