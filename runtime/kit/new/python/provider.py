"""{{name}}: ``POST /v1/messages``. Two functions and a table; the host does the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from countersign import (
    Call,
    Connector,
    Failure,
    Kind,
    Message,
    Receipt,
    Request,
    Response,
    component,
    exchange,
    kind_of_status,
)

# The provider's codes, in the contract's words.
CODES = {
    "invalid_number": Kind.INVALID_RECIPIENT,
    "opted_out": Kind.RECIPIENT_BLOCKED,
    "no_credit": Kind.INSUFFICIENT_FUNDS,
    "unknown_sender": Kind.INVALID_CONFIG,
}


class Provider(Connector):
    def send(self, call: Call, config: dict[str, Any], message: Message) -> Receipt:
        return reply(exchange(request(config, message)))


# What the component exports; the name is the contract's.
Sms = component(Provider)


def request(config: dict[str, Any], message: Message) -> Request:
    # `config` is what the form holds, without its secrets: those never come here. `token` is a credential of
    # connector.toml: its place is left empty, and the host fills it.
    return (
        Request.post("https://api.{{id}}.example/v1/messages")
        .credential("token")
        .json({
            "to": message.to,
            "from": message.sender or config["from"],
            "text": message.text,
            "reference": message.reference,
            "validity_seconds": message.validity_seconds,
        })
    )


@dataclass
class Taken:
    id: str
    segments: int | None = None


@dataclass
class Refused:
    code: str
    message: str


def reply(response: Response) -> Receipt:
    if response.is_success:
        taken = response.json(Taken)
        return Receipt(taken.id, segments=taken.segments)
    # A status tells the kind where the code does not, and whether something may have been sent all the same.
    by_status, certainty = kind_of_status(response.status)
    try:
        refused = response.json(Refused)
        told = Failure(CODES.get(refused.code, by_status), refused.message, certainty).code(refused.code)
    except Failure:
        told = Failure(by_status, f"status {response.status}", certainty)
    raise told.retry_after(response.retry_after())
