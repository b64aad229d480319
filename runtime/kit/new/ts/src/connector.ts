// {{name}}: `POST /v1/messages`. Two functions and a table; the host does the rest.

import { accepted, connector, exchange, failure, kindOf, kindOfStatus, request } from "../sdk/index.js";
import type { CodeTable, Message, Receipt, Request, Response } from "../sdk/index.js";

/** What the form holds, without its secrets: those never come here. */
interface Config {
  from: string;
}

/** The provider's codes, in the contract's words. */
const CODES: CodeTable = {
  invalid_number: "invalid-recipient",
  opted_out: "recipient-blocked",
  no_credit: "insufficient-funds",
  unknown_sender: "invalid-config",
};

export const { sms } = connector({
  send: (_call, config: Config, message) => reply(exchange(asked(config, message))),
});

function asked(config: Config, message: Message): Request {
  // `token` is a credential of connector.toml: its place is left empty, and the host fills it.
  return request.post("https://api.{{id}}.example/v1/messages").credential("token").json({
    to: message.to,
    from: message.sender ?? config.from,
    text: message.text,
    reference: message.reference,
    validity_seconds: message.validitySeconds,
  });
}

function reply(response: Response): Receipt {
  if (response.isSuccess) {
    const taken = response.json({ id: "string", segments: "integer?" });
    return accepted("accepted", taken.id, { segments: taken.segments });
  }
  // A status tells the kind where the code does not, and whether something may have been sent all the same.
  const { kind, certainty } = kindOfStatus(response.status);
  const refused = response.tryJson({ code: "string", message: "string" });
  const told = refused
    ? failure(kindOf(CODES, refused.code) ?? kind, refused.message).code(refused.code)
    : failure(kind, `status ${response.status}`);
  throw told.certain(certainty).retryAfter(response.retryAfter());
}
