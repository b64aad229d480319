// The words of the contract (`wit/connector.wit` says of each what it means), as JavaScript sees them.

/** What the host tells every export about the call itself. */
export interface Call {
  /** Now, in milliseconds since 1970-01-01T00:00:00Z; what `Date.now()` gives, too. */
  readonly issuedAt: number;
  /** Fresh for each call: 32 lower-case hexadecimal digits. */
  readonly nonce: string;
  /** The environment that the call belongs to, such as `production`. */
  readonly environment: string;
  /** Wall-clock time that is left for this call, in milliseconds. */
  readonly deadlineMs: number;
}

/** One entry of an open list. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** One SMS to send. */
export interface Message {
  /** E.164 with `+`: `+14155550123`. */
  readonly to: string;
  /** Country calling code of `to`, digits only: `1`. */
  readonly callingCode: string;
  /** ISO 3166-1 alpha-2 of `to`, where the number tells: `US`. */
  readonly country: string | null;
  /** Why it is sent: `sign-in`, `register`, …, `generic`. */
  readonly purpose: string;
  /** BCP 47 tag of the recipient's language: `en`, `pt-BR`. */
  readonly locale: string;
  /** Unique for this message and connector, the same when the host tries again. For idempotency keys. */
  readonly reference: string;
  /** What is left of the code's life, in seconds. A provider that queues must not deliver later. */
  readonly validitySeconds: number;
  /** Sender to use for this recipient, where the operator set one. It beats the sender of the configuration. */
  readonly sender: string | null;
  /** The text. Empty only where `templateId` is given. */
  readonly text: string;
  /** The provider's id of a registered template. */
  readonly templateId: string | null;
  /** The language under which that template is registered. */
  readonly templateLocale: string | null;
  /** The template's values in order. */
  readonly parameters: readonly Field[];
  /** Where the provider may report delivery, made for this message. */
  readonly callbackUrl: string | null;
  /** The end user's IP address, where the caller told it. */
  readonly clientIp: string | null;
  /** Regulatory ids and the like. */
  readonly extra: readonly Field[];
}

/** An amount in a currency. */
export interface Money {
  /** Decimal, with `.`: `0.0075`. */
  amount: string;
  /** ISO 4217, such as `USD`. */
  currency: string;
}

/** An open list, as an object or in full. */
export type Extra = Record<string, string> | readonly Field[];

/** The provider took the message. */
export interface Receipt {
  status: "accepted" | "queued" | "other";
  /** The provider's ids of the message: one, or one for each part. */
  messageIds: readonly (string | number)[];
  /** Number of SMS parts that the provider counts. */
  segments?: number | null;
  price?: Money | null;
  extra?: Extra;
}

/** What an account check tells. */
export interface Standing {
  /** What the provider calls the account, if it says. */
  name?: string | null;
  balance?: Money | null;
  extra?: Extra;
}

/** What a provider reports of one message. */
export interface Report {
  /** The provider's ids that a receipt named. Left out if the report names only our `reference`. */
  messageIds?: readonly (string | number)[];
  reference?: string | null;
  status: "accepted" | "sent" | "delivered" | "undelivered" | "expired" | "rejected" | "other";
  /** When it happened, in milliseconds since 1970-01-01T00:00:00Z, where the provider says so. */
  at?: number | null;
  kind?: FailureKind | null;
  providerCode?: string | number | null;
  text?: string | null;
  /** Mobile network, as the provider names it. */
  network?: string | null;
  segments?: number | null;
  price?: Money | null;
  extra?: Extra;
}

/** What a callback told, and what the provider is answered: 204 unless you say otherwise. */
export interface Handled {
  reports: readonly Report[];
  answer?: { status?: number; contentType?: string; body?: string | Uint8Array };
}

/** Why something was not done. Choose the narrowest that the provider's answer supports. */
export type FailureKind =
  | "invalid-config"
  | "authentication-failed"
  | "insufficient-funds"
  | "invalid-recipient"
  | "unsupported-destination"
  | "recipient-blocked"
  | "content-rejected"
  | "rate-limited"
  | "quota-exceeded"
  | "fraud-blocked"
  | "provider-unavailable"
  | "timeout"
  | "invalid-response"
  | "other";

/** What is known about the message when something failed. */
export type Certainty = "not-sent" | "unknown";
