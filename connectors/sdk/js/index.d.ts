// What a connector is written with. `README.md` beside this file tells it in order.

import type { Call, Certainty, FailureKind, Handled, Message, Receipt, Standing } from "./contract.js";

export type * from "./contract.js";

/** A value, or a promise of one: both are run to their end before the host is answered. */
type Now<T> = T | PromiseLike<T>;

/** What you write. `Config` is the configuration as the schema has it, without its secrets. */
export interface Definition<Config> {
  /** Ask the provider to send `message`, once. */
  send(call: Call, config: Config, message: Message): Now<Receipt>;
  /** Are the credentials good? Nothing is sent, nothing is charged. */
  check?(call: Call, config: Config): Now<Standing>;
  /** Read one callback. Only `signing.verify` is available here. */
  handle?(call: Call, config: Config, callback: Callback): Now<Handled>;
}

/** What the component exports, by the contract's names. */
export interface Exports<Made> {
  sms: object;
  account: Made extends { check: unknown } ? object : undefined;
  deliveryReports: Made extends { handle: unknown } ? object : undefined;
}

/** Make the exports: `export const { sms } = connector({ send })`; `account` if it checks, `deliveryReports` if it handles. */
export function connector<Config = any, Made extends Definition<Config> = Definition<Config>>(
  made: Made & Definition<Config>,
): Exports<Made>;

/** Why something was not done. Throw it. Certainly nothing was sent, unless it says otherwise. */
export class Failure extends Error {
  constructor(kind: FailureKind, text: string);
  readonly kind: FailureKind;
  readonly certainty: Certainty;
  readonly providerCode: string | null;
  readonly retryAfterSeconds: number | null;
  /** What else to tell. */
  extra: { name: string; value: string }[];
  /** It may have been sent after all. */
  maybeSent(): this;
  /** What is known of the message. */
  certain(certainty: Certainty): this;
  /** The provider's own code. */
  code(code: string | number | null | undefined): this;
  /** How long the provider asks to wait, in seconds. */
  retryAfter(seconds: number | null | undefined): this;
}

/** A failure that certainly sent nothing: the provider said no, or was never reached. */
export function failure(kind: FailureKind, text: string): Failure;

/** A provider's codes and what they mean, in one table that can be read against its documentation. */
export type CodeTable = Readonly<Record<string, FailureKind>>;

/** What a code means, if the table has it. */
export function kindOf(table: CodeTable, code: string | number | null | undefined): FailureKind | undefined;

/** What an HTTP status means where the provider's answer says no more, and what is then known of the message. */
export function kindOfStatus(status: number): { kind: FailureKind; certainty: Certainty };

/** A receipt with one id, as most providers give it. */
export function accepted(
  status: Receipt["status"],
  id: string | number,
  more?: Omit<Receipt, "status" | "messageIds">,
): Receipt;

type Value = string | number | boolean | null | undefined;

/** A request to be sent by the host. */
export interface Request {
  /** One more header. */
  header(name: string, value: string): this;
  /** A credential of the manifest, placed by the host as the request leaves. */
  credential(name: string): this;
  /** An `application/x-www-form-urlencoded` body. Fields without a value are left out. */
  form(fields: Readonly<Record<string, Value>> | Iterable<readonly [string, Value]>): this;
  /** A JSON body. */
  json(value: unknown): this;
  /** A body of another kind: XML, or one whose bytes a signature covers. */
  content(type: string, body: string | Uint8Array): this;
  /** How long to wait for this answer at most, in milliseconds. */
  timeout(ms: number): this;
}

export const request: {
  get(url: string): Request;
  post(url: string): Request;
  /** With another method; upper case. */
  of(method: string, url: string): Request;
};

/** What a value has to be; with `?` it may be null or not there. */
type Kind = "string" | "number" | "integer" | "boolean" | "array" | "object" | "any";

/** What JSON has to be: a kind, or an object of members. What else it has is not looked at. */
export type Shape = Kind | `${Kind}?` | { readonly [member: string]: Shape };

interface Kinds {
  string: string;
  number: number;
  integer: number;
  boolean: boolean;
  array: any[];
  object: Record<string, any>;
  any: any;
}

/** The type that a shape describes. */
export type Shaped<S> = S extends `${infer K extends Kind}?`
  ? Kinds[K] | null | undefined
  : S extends Kind
    ? Kinds[S]
    : { [Member in keyof S]: Shaped<S[Member]> };

/** What has headers and a body. */
export interface Received {
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** As it came. */
  readonly body: Uint8Array;
  /** The first header of that name. */
  header(name: string): string | undefined;
  /** The body as UTF-8; what is none becomes U+FFFD. */
  text(): string;
  /** The body as JSON of this shape; another one is a failure that may hide a message that was sent. */
  json(): any;
  json<const S extends Shape>(shape: S): Shaped<S>;
  /** The same, but undefined where the body is something else. */
  tryJson(): any;
  tryJson<const S extends Shape>(shape: S): Shaped<S> | undefined;
}

/** A provider's answer. */
export interface Response extends Received {
  /** Any status. */
  readonly status: number;
  /** Whether the status is 2xx. */
  readonly isSuccess: boolean;
  /** `Retry-After` in seconds, where it is a number. */
  retryAfter(): number | undefined;
}

/** Send a request and wait for the answer; no `await` needed. A fault becomes the failure that it means. */
export function exchange(request: Request): Response;

/** A provider's request to us, as it arrived. */
export interface Callback extends Received {
  readonly method: string;
  /** The full public URL, as the provider signed it. */
  readonly url: string;
  /** The fields of an `application/x-www-form-urlencoded` body. */
  form(): Fields;
}

/** What this engine has of `URLSearchParams`. */
export interface Fields extends Iterable<[string, string]> {
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string): boolean;
}

type Bytes = string | Uint8Array | readonly number[];
type Pairs = readonly (readonly [string, string])[];

/** Signatures, made by the host: each gives a marker, which you write where the manifest says that the credential goes. */
export const signing: {
  /** Kind `hmac`: over `data`. */
  sign(credential: string, data: Bytes): string;
  /** Kind `digest`: over the manifest's template, filled with these values. */
  digest(credential: string, values: Readonly<Record<string, string>>): string;
  /** Kind `jwt`: with these claims. */
  token(credential: string, claims: Readonly<Record<string, string>>): string;
  /** Kind `verify`, in `handle`: is this the provider's signature over `data`? Raw bytes: decode them first. */
  verify(credential: string, data: Bytes, signature: Bytes): boolean;
  /** Whether the operator set what a credential needs. */
  isSet(credential: string): boolean;
  /** The call's nonce in the shape of a UUID. */
  nonceAsUuid(call: Call): string;
};

/** How bytes are written where a signature scheme is particular about it. A string stands for its UTF-8. */
export const encoding: {
  utf8(text: string): Uint8Array;
  fromUtf8(data: Bytes): string;
  base64(data: Bytes): string;
  fromBase64(text: string): Uint8Array | undefined;
  hex(data: Bytes): string;
  fromHex(text: string): Uint8Array | undefined;
  sha256Hex(data: Bytes): string;
  sha256Base64(data: Bytes): string;
  /** All but the unreserved characters of RFC 3986 §2.3, as AWS and Alibaba Cloud sign it. */
  percentEncode(text: string): string;
  query(pairs: Pairs): string;
  canonicalQuery(pairs: Pairs): string;
  form(pairs: Pairs): string;
  fromForm(body: Bytes): [string, string][];
};

/** The call's time, as signature schemes write it. Always UTC. */
export function moment(call: Call): {
  seconds: number;
  date: string;
  dateBasic: string;
  iso8601: string;
  iso8601Basic: string;
  httpDate: string;
};

/** The connector's own log. Never numbers, codes or texts: the host masks the live ones, but not every spelling. */
export const log: {
  debug(...words: unknown[]): void;
  info(...words: unknown[]): void;
  warning(...words: unknown[]): void;
  critical(...words: unknown[]): void;
};

// What the engine and the SDK have of a browser's globals. There is no `fetch`, no timer, no `URL`.
declare global {
  var console: Record<"debug" | "log" | "info" | "warn" | "error", (...words: unknown[]) => void>;
  function btoa(binary: string): string;
  function atob(base64: string): string;
  function queueMicrotask(job: () => void): void;
  class TextEncoder {
    encode(text?: string): Uint8Array;
  }
  class TextDecoder {
    constructor(label?: string, options?: { fatal?: boolean });
    decode(bytes?: Uint8Array): string;
  }
  class URLSearchParams {
    constructor(init?: string | Record<string, string> | Iterable<readonly [string, string]>);
    append(name: string, value: string): void;
    delete(name: string, value?: string): void;
    get(name: string): string | null;
    getAll(name: string): string[];
    has(name: string, value?: string): boolean;
    set(name: string, value: string): void;
    sort(): void;
    readonly size: number;
    [Symbol.iterator](): IterableIterator<[string, string]>;
  }
}
