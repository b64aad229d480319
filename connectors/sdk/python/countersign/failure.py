"""From a provider's words to the contract's."""

from __future__ import annotations

from .words import Certainty, Kind, Pairs


class Failure(Exception):
    """Raise it. Certainly nothing was sent, the provider said no or was never reached, unless ``maybe_sent``."""

    def __init__(self, kind: Kind, text: str, certainty: Certainty = Certainty.NOT_SENT) -> None:
        super().__init__(kind, text)
        self.kind = kind
        self.text = text
        self.certainty = certainty
        self.provider_code: str | None = None
        self.retry_after_seconds: int | None = None
        self.extra: Pairs = ()

    def maybe_sent(self) -> Failure:
        """It may have been sent after all."""
        self.certainty = Certainty.UNKNOWN
        return self

    def code(self, code: str | int | None) -> Failure:
        """The provider's own code, as it wrote it."""
        self.provider_code = None if code is None else str(code)
        return self

    def retry_after(self, seconds: int | None) -> Failure:
        """How long the provider asks to wait."""
        self.retry_after_seconds = seconds
        return self


def kind_of_status(status: int) -> tuple[Kind, Certainty]:
    """What an HTTP status means where the answer says no more, and what is then known of the message: a gateway's 5xx
    may come after the provider took it, a 503 says that nobody did."""
    known = {
        401: (Kind.AUTHENTICATION_FAILED, Certainty.NOT_SENT),
        402: (Kind.INSUFFICIENT_FUNDS, Certainty.NOT_SENT),
        403: (Kind.AUTHENTICATION_FAILED, Certainty.NOT_SENT),
        408: (Kind.TIMEOUT, Certainty.UNKNOWN),
        429: (Kind.RATE_LIMITED, Certainty.NOT_SENT),
        503: (Kind.PROVIDER_UNAVAILABLE, Certainty.NOT_SENT),
    }
    if status in known:
        return known[status]
    if 400 <= status <= 499:
        return Kind.INVALID_CONFIG, Certainty.NOT_SENT
    if 500 <= status <= 599:
        return Kind.PROVIDER_UNAVAILABLE, Certainty.UNKNOWN
    return Kind.INVALID_RESPONSE, Certainty.UNKNOWN
