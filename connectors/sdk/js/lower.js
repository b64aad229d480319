// What an author returns, as the contract has it. The engine ends a call by a trap if a field is missing or of another
// type; so everything is looked at here, where it can still become a failure that says which field it was.

import { Failure, KINDS } from "./failure.js";
import { write } from "./globals.js";
import { encode } from "./utf8.js";

const U32_MAX = 0xffff_ffff;
const RECEIPT = ["accepted", "queued", "other"];
const REPORT = ["accepted", "sent", "delivered", "undelivered", "expired", "rejected", "other"];

const isNothing = (value) => value === undefined || value === null;
const isObject = (value) => typeof value === "object" && value !== null;

/** A provider's ids and codes come as numbers, too. */
function text(value, field) {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  throw new TypeError(`\`${field}\` is a text, not ${value === null ? "null" : typeof value}`);
}

const optional = (value, field, lower) => (isNothing(value) ? null : lower(value, field));

function among(value, known, field) {
  if (known.includes(value)) return value;
  throw new TypeError(`\`${field}\` is one of ${known.join(", ")}, not \`${String(value)}\``);
}

function object(value, what) {
  if (isObject(value)) return value;
  throw new TypeError(`${what}, not ${value === null ? "null" : typeof value}`);
}

function list(value, field, lower) {
  if (Array.isArray(value)) return value.map((item, index) => lower(item, `${field}[${index}]`));
  throw new TypeError(`\`${field}\` is a list`);
}

function extra(value, field) {
  if (isNothing(value)) return [];
  const pairs = Array.isArray(value) ? value : Object.entries(value).map(([name, value]) => ({ name, value }));
  return pairs.map((pair) => ({ name: text(pair?.name, `${field}.name`), value: text(pair?.value, `${field}.value`) }));
}

const money = (value, field) => ({
  amount: text(object(value, `\`${field}\` has amount and currency`).amount, `${field}.amount`),
  currency: text(value.currency, `${field}.currency`),
});

function whole(value, field, max = U32_MAX) {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new TypeError(`\`${field}\` is a whole number from 0 to ${max}`);
}

/** What is only told beside: the message was sent, and a number that makes no sense must not hide that. */
function beside(value, field, lower) {
  try {
    return optional(value, field, lower);
  } catch (error) {
    write("warning", `left out: ${error.message}`);
    return null;
  }
}

export const receipt = (made) => ({
  status: among(object(made, "send() returns a receipt").status, RECEIPT, "status"),
  messageIds: list(made.messageIds, "messageIds", text),
  segments: beside(made.segments, "segments", whole),
  price: beside(made.price, "price", money),
  extra: beside(made.extra, "extra", extra) ?? [],
});

export const standing = (made) => ({
  name: optional(object(made, "check() returns a standing").name, "name", text),
  balance: optional(made.balance, "balance", money),
  extra: extra(made.extra, "extra"),
});

const report = (made, field) => ({
  messageIds: list(object(made, `\`${field}\` is a report`).messageIds ?? [], `${field}.messageIds`, text),
  reference: optional(made.reference, `${field}.reference`, text),
  status: among(made.status, REPORT, `${field}.status`),
  at: optional(made.at, `${field}.at`, (value, at) => whole(value, at, Number.MAX_SAFE_INTEGER)),
  kind: optional(made.kind, `${field}.kind`, (value, kind) => among(value, KINDS, kind)),
  providerCode: optional(made.providerCode, `${field}.providerCode`, text),
  text: optional(made.text, `${field}.text`, text),
  network: optional(made.network, `${field}.network`, text),
  segments: optional(made.segments, `${field}.segments`, whole),
  price: optional(made.price, `${field}.price`, money),
  extra: extra(made.extra, `${field}.extra`),
});

function answer(made = {}) {
  const body = made.body ?? "";
  return {
    status: whole(made.status ?? (body.length > 0 ? 200 : 204), "answer.status", 999),
    contentType: text(made.contentType ?? "text/plain", "answer.contentType"),
    body: typeof body === "string" ? encode(body) : new Uint8Array(body),
  };
}

export const handled = (made) => ({
  reports: list(object(made, "handle() returns what it read").reports, "reports", report),
  answer: answer(made.answer ?? undefined),
});

/** @param {Failure} told */
export const refusal = (told) => ({
  kind: told.kind,
  certainty: told.certainty,
  providerCode: optional(told.providerCode, "providerCode", text),
  text: told.message.toWellFormed(),
  retryAfterSeconds: told.retryAfterSeconds,
  extra: extra(told.extra, "extra"),
});
