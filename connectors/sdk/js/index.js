// Writing a connector in JavaScript: provider knowledge, and nothing else. See README.md.

import "./globals.js";
import * as encoding from "./encoding.js";
import { write } from "./globals.js";
import * as signing from "./signing.js";

export { connector } from "./connector.js";
export { Failure, failure, kindOf, kindOfStatus } from "./failure.js";
export { exchange, request } from "./http.js";
export { moment } from "./encoding.js";
export { encoding, signing };

/** A receipt with one id, as most providers give it. */
export const accepted = (status, id, more = {}) => ({ ...more, status, messageIds: [id] });

/** The connector's own log, for its author and the operator. Never numbers, codes or texts. */
export const log = {
  debug: (...words) => write("debug", ...words),
  info: (...words) => write("info", ...words),
  warning: (...words) => write("warning", ...words),
  critical: (...words) => write("critical", ...words),
};
