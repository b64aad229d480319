"""Twilio, Programmable Messaging: ``POST /2010-04-01/Accounts/{sid}/Messages.json``.

https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from countersign import (
    Call,
    Certainty,
    Connector,
    Failure,
    Kind,
    Message,
    Money,
    Receipt,
    Request,
    Response,
    Status,
    component,
    exchange,
    kind_of_status,
)

VALIDITY_MAX = 36_000
"""Longest validity that Twilio takes, in seconds."""

# https://www.twilio.com/docs/api/errors
CODES = {
    14107: Kind.RATE_LIMITED,
    20003: Kind.AUTHENTICATION_FAILED,
    20005: Kind.AUTHENTICATION_FAILED,
    20404: Kind.INVALID_CONFIG,
    20429: Kind.RATE_LIMITED,
    20500: Kind.PROVIDER_UNAVAILABLE,
    20503: Kind.PROVIDER_UNAVAILABLE,
    21211: Kind.INVALID_RECIPIENT,
    21212: Kind.INVALID_CONFIG,
    21214: Kind.INVALID_RECIPIENT,
    21217: Kind.INVALID_RECIPIENT,
    21265: Kind.INVALID_RECIPIENT,
    21266: Kind.INVALID_CONFIG,
    21408: Kind.UNSUPPORTED_DESTINATION,
    21601: Kind.INVALID_CONFIG,
    21602: Kind.CONTENT_REJECTED,
    21603: Kind.INVALID_CONFIG,
    21604: Kind.INVALID_RECIPIENT,
    21606: Kind.INVALID_CONFIG,
    21608: Kind.UNSUPPORTED_DESTINATION,
    21610: Kind.RECIPIENT_BLOCKED,
    21611: Kind.RATE_LIMITED,
    21612: Kind.UNSUPPORTED_DESTINATION,
    21614: Kind.INVALID_RECIPIENT,
    21617: Kind.CONTENT_REJECTED,
    21619: Kind.CONTENT_REJECTED,
    21635: Kind.INVALID_RECIPIENT,
    21654: Kind.CONTENT_REJECTED,
    21659: Kind.INVALID_CONFIG,
    21660: Kind.INVALID_CONFIG,
    21701: Kind.INVALID_CONFIG,
    21703: Kind.INVALID_CONFIG,
    21704: Kind.INVALID_CONFIG,
    21705: Kind.INVALID_CONFIG,
    21712: Kind.INVALID_CONFIG,
    30001: Kind.RATE_LIMITED,
    30002: Kind.AUTHENTICATION_FAILED,
    30003: Kind.OTHER,
    30004: Kind.RECIPIENT_BLOCKED,
    30005: Kind.INVALID_RECIPIENT,
    30006: Kind.INVALID_RECIPIENT,
    30007: Kind.CONTENT_REJECTED,
    30034: Kind.INVALID_CONFIG,
    30450: Kind.FRAUD_BLOCKED,
    30453: Kind.FRAUD_BLOCKED,
    60410: Kind.FRAUD_BLOCKED,
    63038: Kind.QUOTA_EXCEEDED,
}


class Twilio(Connector):
    def send(self, call: Call, config: dict[str, Any], message: Message) -> Receipt:
        return reply(exchange(request(config, message)))


# What the component exports; the name is the contract's.
Sms = component(Twilio)


def request(config: dict[str, Any], message: Message) -> Request:
    account = config["account_sid"]
    # A sender for this recipient beats the configuration's; one that begins with MG is a messaging service.
    sender = message.sender or config["from"]
    # `account` is a credential of connector.toml: the host writes SID and token into the request as it leaves.
    return (
        Request.post(f"https://api.twilio.com/2010-04-01/Accounts/{account}/Messages.json")
        .credential("account")
        .form({
            "To": message.to,
            "Body": message.text,
            "ValidityPeriod": min(max(message.validity_seconds, 1), VALIDITY_MAX),
            "MessagingServiceSid" if sender.startswith("MG") else "From": sender,
            "StatusCallback": message.callback_url,
        })
    )


@dataclass
class Created:
    sid: str
    status: str | None = None
    num_segments: str | None = None
    price: str | None = None
    price_unit: str | None = None


@dataclass
class Refused:
    code: int | None = None
    message: str | None = None


def reply(response: Response) -> Receipt:
    if not response.is_success:
        raise refusal(response)
    created = response.json(Created)
    queued = created.status in ("queued", "accepted", "scheduled")
    price = Money(created.price, created.price_unit) if created.price and created.price_unit else None
    return Receipt(
        created.sid,
        status=Status.QUEUED if queued else Status.ACCEPTED,
        segments=segments(created.num_segments),
        price=price,
    )


def segments(text: str | None) -> int | None:
    """Twilio counts in text, and says 0 as long as a messaging service has not chosen a sender."""
    return int(text) or None if text and text.isascii() and text.isdigit() else None


def refusal(response: Response) -> Failure:
    by_status, certainty = kind_of_status(response.status)
    # Twilio refuses before it sends: a 4xx is a clear no. Only its own trouble leaves a doubt.
    if response.status < 500:
        certainty = Certainty.NOT_SENT
    try:
        refused = response.json(Refused)
    except Failure:
        refused = Refused(message=f"Twilio answered with status {response.status}")
    kind = by_status if refused.code is None else CODES.get(refused.code, by_status)
    text = refused.message or f"status {response.status}"
    return Failure(kind, text, certainty).code(refused.code).retry_after(response.retry_after())
