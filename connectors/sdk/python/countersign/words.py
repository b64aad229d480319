"""The words of the contract, as ``wit/connector.wit`` explains them."""

from __future__ import annotations

import dataclasses
import urllib.parse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from typing import NamedTuple, Union


class Kind(str, Enum):
    """Why something was not done. Choose the narrowest that the provider's answer supports."""

    INVALID_CONFIG = "invalid-config"
    AUTHENTICATION_FAILED = "authentication-failed"
    INSUFFICIENT_FUNDS = "insufficient-funds"
    INVALID_RECIPIENT = "invalid-recipient"
    UNSUPPORTED_DESTINATION = "unsupported-destination"
    RECIPIENT_BLOCKED = "recipient-blocked"
    CONTENT_REJECTED = "content-rejected"
    RATE_LIMITED = "rate-limited"
    QUOTA_EXCEEDED = "quota-exceeded"
    FRAUD_BLOCKED = "fraud-blocked"
    PROVIDER_UNAVAILABLE = "provider-unavailable"
    TIMEOUT = "timeout"
    INVALID_RESPONSE = "invalid-response"
    OTHER = "other"


class Certainty(str, Enum):
    """What is known about the message when something failed."""

    NOT_SENT = "not-sent"
    UNKNOWN = "unknown"


class Status(str, Enum):
    """How far the provider took the message."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    OTHER = "other"


class ReportStatus(str, Enum):
    """What became of a message."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    EXPIRED = "expired"
    REJECTED = "rejected"
    OTHER = "other"


class Field(NamedTuple):
    """One entry of an open list."""

    name: str
    value: str


class Header(NamedTuple):
    """One HTTP header."""

    name: str
    value: str


class Parameter(NamedTuple):
    """One named value of a text template."""

    name: str
    value: str


class Money(NamedTuple):
    """An amount, such as ``0.0075``, in a currency, such as ``USD``."""

    amount: str
    currency: str


Pairs = Union[Mapping[str, str], Iterable["tuple[str, str]"]]


def first(headers: Iterable[Header], name: str) -> str | None:
    """The first header of that name, whatever its case."""
    return next((value for known, value in headers if known.lower() == name.lower()), None)


@dataclass(frozen=True)
class Call:
    """What the host tells of the call itself."""

    issued_at: int
    """Now, in milliseconds since 1970."""
    nonce: str
    """Fresh for each call: 32 hexadecimal digits."""
    environment: str
    deadline_ms: int

    @property
    def now(self) -> datetime:
        """The same moment as a date, in UTC."""
        return datetime.fromtimestamp(self.issued_at / 1000, timezone.utc)


@dataclass(frozen=True)
class Message:
    """One SMS to send."""

    to: str
    """E.164 with ``+``."""
    text: str
    calling_code: str = ""
    country: str | None = None
    purpose: str = "sign-in"
    locale: str = "en"
    reference: str = ""
    """Unique, and the same when the host tries again: the provider's idempotency key, where it has one."""
    validity_seconds: int = 600
    """What is left of the code's life: a provider that queues must not deliver later."""
    sender: str | None = None
    """Beats the configuration's sender."""
    template_id: str | None = None
    template_locale: str | None = None
    parameters: tuple[Parameter, ...] = ()
    callback_url: str | None = None
    client_ip: str | None = None
    extra: tuple[Field, ...] = ()

    def parameter(self, name: str) -> str | None:
        """A template's value: ``code``."""
        return next((value for known, value in self.parameters if known == name), None)


@dataclass
class Receipt:
    """The provider took the message. One id, or one for each part."""

    message_ids: str | list[str]
    status: Status = Status.ACCEPTED
    segments: int | None = None
    price: Money | None = None
    extra: Pairs = ()


@dataclass
class Standing:
    """What an account check tells."""

    name: str | None = None
    balance: Money | None = None
    extra: Pairs = ()


@dataclass(frozen=True)
class Callback:
    """The provider's request to us, as it arrived."""

    method: str
    url: str
    """The full public URL, as the provider signed it."""
    headers: tuple[Header, ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return first(self.headers, name)

    def form(self) -> list[tuple[str, str]]:
        """The fields of an ``application/x-www-form-urlencoded`` body."""
        return urllib.parse.parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)


@dataclass
class Report:
    """What became of one message."""

    status: ReportStatus
    message_ids: str | list[str] = dataclasses.field(default_factory=list)
    reference: str | None = None
    at: int | None = None
    """In milliseconds since 1970."""
    kind: Kind | None = None
    provider_code: str | None = None
    text: str | None = None
    network: str | None = None
    segments: int | None = None
    price: Money | None = None
    extra: Pairs = ()


@dataclass
class Answer:
    """What to answer the provider."""

    status: int = 204
    content_type: str = "text/plain"
    body: bytes = b""


@dataclass
class Handled:
    """A callback's reports, and the answer to it."""

    reports: list[Report]
    answer: Answer = dataclasses.field(default_factory=Answer)
