// Twilio, Programmable Messaging: `POST /2010-04-01/Accounts/{sid}/Messages.json`.
// https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource

import { accepted, connector, exchange, failure, kindOf, kindOfStatus, request } from "../../../../connectors/sdk/js/index.js";
import type { CodeTable, Failure, Message, Receipt, Request, Response } from "../../../../connectors/sdk/js/index.js";

interface Config {
  account_sid: string;
  from: string;
}

/** Longest validity that Twilio takes, in seconds. */
const VALIDITY_MAX = 36_000;

/** https://www.twilio.com/docs/api/errors */
const CODES: CodeTable = {
  14107: "rate-limited",
  20003: "authentication-failed",
  20005: "authentication-failed",
  20404: "invalid-config",
  20429: "rate-limited",
  20500: "provider-unavailable",
  20503: "provider-unavailable",
  21211: "invalid-recipient",
  21212: "invalid-config",
  21214: "invalid-recipient",
  21217: "invalid-recipient",
  21265: "invalid-recipient",
  21266: "invalid-config",
  21408: "unsupported-destination",
  21601: "invalid-config",
  21602: "content-rejected",
  21603: "invalid-config",
  21604: "invalid-recipient",
  21606: "invalid-config",
  21608: "unsupported-destination",
  21610: "recipient-blocked",
  21611: "rate-limited",
  21612: "unsupported-destination",
  21614: "invalid-recipient",
  21617: "content-rejected",
  21619: "content-rejected",
  21635: "invalid-recipient",
  21654: "content-rejected",
  21659: "invalid-config",
  21660: "invalid-config",
  21701: "invalid-config",
  21703: "invalid-config",
  21704: "invalid-config",
  21705: "invalid-config",
  21712: "invalid-config",
  30001: "rate-limited",
  30002: "authentication-failed",
  30003: "other",
  30004: "recipient-blocked",
  30005: "invalid-recipient",
  30006: "invalid-recipient",
  30007: "content-rejected",
  30034: "invalid-config",
  30450: "fraud-blocked",
  30453: "fraud-blocked",
  60410: "fraud-blocked",
  63038: "quota-exceeded",
};

export const { sms } = connector({
  send: (_call, config: Config, message) => reply(exchange(asked(config, message))),
});

function asked(config: Config, message: Message): Request {
  // A sender for this recipient beats the configuration's; one of Twilio's may be a messaging service.
  const sender = message.sender ?? config.from;
  return request
    .post(`https://api.twilio.com/2010-04-01/Accounts/${config.account_sid}/Messages.json`)
    .credential("account")
    .form({
      To: message.to,
      Body: message.text,
      ValidityPeriod: Math.min(Math.max(message.validitySeconds, 1), VALIDITY_MAX),
      [sender.startsWith("MG") ? "MessagingServiceSid" : "From"]: sender,
      StatusCallback: message.callbackUrl,
    });
}

function reply(response: Response): Receipt {
  if (!response.isSuccess) throw refusal(response);
  const created = response.json({
    sid: "string", status: "string?", num_segments: "string?", price: "string?", price_unit: "string?",
  });
  const queued = ["queued", "accepted", "scheduled"].includes(created.status ?? "");
  const { price: amount, price_unit: currency } = created;
  return accepted(queued ? "queued" : "accepted", created.sid, {
    segments: Number(created.num_segments) || null,
    price: amount && currency ? { amount, currency } : null,
  });
}

function refusal(response: Response): Failure {
  const { kind, certainty } = kindOfStatus(response.status);
  const refused = response.tryJson({ code: "integer?", message: "string?" });
  if (!refused) {
    return failure(kind, `Twilio answered with status ${response.status}`)
      .certain(certainty)
      .retryAfter(response.retryAfter());
  }
  return failure(kindOf(CODES, refused.code) ?? kind, refused.message ?? `status ${response.status}`)
    .code(refused.code)
    // Twilio refuses before it sends: a code of its own is a clear no. Only its own trouble (5xx) leaves a doubt.
    .certain(response.status < 500 ? "not-sent" : certainty)
    .retryAfter(response.retryAfter());
}
