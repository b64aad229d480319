// From a provider's words to the contract's.

/** @type {readonly import("./index.js").FailureKind[]} */
export const KINDS = [
  "invalid-config", "authentication-failed", "insufficient-funds", "invalid-recipient", "unsupported-destination",
  "recipient-blocked", "content-rejected", "rate-limited", "quota-exceeded", "fraud-blocked", "provider-unavailable",
  "timeout", "invalid-response", "other",
];
const U32_MAX = 0xffff_ffff;

/** Why something was not done. Thrown; certainly nothing was sent, unless it says otherwise. */
export class Failure extends Error {
  /**
   * @param {import("./index.js").FailureKind} kind
   * @param {string} text
   */
  constructor(kind, text) {
    super(String(text));
    // A misspelt kind would be a trap on its way out.
    if (!KINDS.includes(kind)) throw new TypeError(`\`${kind}\` is no kind of failure; there are: ${KINDS.join(", ")}`);
    this.name = "Failure";
    this.kind = kind;
    /** @type {import("./index.js").Certainty} */
    this.certainty = "not-sent";
    /** @type {string | null} */
    this.providerCode = null;
    /** @type {number | null} */
    this.retryAfterSeconds = null;
    /** @type {{ name: string, value: string }[]} */
    this.extra = [];
  }

  /** It may have been sent after all. */
  maybeSent() {
    return this.certain("unknown");
  }

  /** @param {import("./index.js").Certainty} certainty */
  certain(certainty) {
    if (certainty !== "not-sent" && certainty !== "unknown") {
      throw new TypeError(`\`${certainty}\` is no certainty; there are: not-sent, unknown`);
    }
    this.certainty = certainty;
    return this;
  }

  /** @param {string | number | null | undefined} code */
  code(code) {
    this.providerCode = code === null || code === undefined || code === "" ? null : String(code);
    return this;
  }

  /** @param {number | null | undefined} seconds */
  retryAfter(seconds) {
    this.retryAfterSeconds = Number.isInteger(seconds) && seconds >= 0 && seconds <= U32_MAX ? seconds : null;
    return this;
  }
}

/**
 * A failure that certainly sent nothing: the provider said no, or was never reached.
 * @param {import("./index.js").FailureKind} kind
 * @param {string} text
 */
export const failure = (kind, text) => new Failure(kind, text);

/**
 * What a code means, if the table has it.
 * @param {import("./index.js").CodeTable} table
 * @param {string | number | null | undefined} code
 */
export function kindOf(table, code) {
  // Its own entries only: a provider may well answer with the code `constructor`.
  return Object.hasOwn(table, String(code)) ? table[String(code)] : undefined;
}

/**
 * What an HTTP status means where the provider's answer says no more, and what is then known of the message: a
 * gateway's 5xx may come after the provider took it, a 503 says that nobody did.
 * @param {number} status
 * @returns {{ kind: import("./index.js").FailureKind, certainty: import("./index.js").Certainty }}
 */
export function kindOfStatus(status) {
  if (status === 401 || status === 403) return { kind: "authentication-failed", certainty: "not-sent" };
  if (status === 402) return { kind: "insufficient-funds", certainty: "not-sent" };
  if (status === 408) return { kind: "timeout", certainty: "unknown" };
  if (status === 429) return { kind: "rate-limited", certainty: "not-sent" };
  if (status >= 400 && status <= 499) return { kind: "invalid-config", certainty: "not-sent" };
  if (status === 503) return { kind: "provider-unavailable", certainty: "not-sent" };
  if (status >= 500 && status <= 599) return { kind: "provider-unavailable", certainty: "unknown" };
  return { kind: "invalid-response", certainty: "unknown" };
}
