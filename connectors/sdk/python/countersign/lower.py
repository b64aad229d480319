"""Between the words of this package and those of the generated bindings.

The bindings take a value of the wrong type, a number that is too large or half a surrogate pair for the end of the
instance. Here, what is only odd (a provider's id that is a number) is written as the contract wants it, and what can't
be meant is a ``TypeError`` that names the field."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

from . import host
from .failure import Failure
from .words import Answer, Call, Callback, Certainty, Field, Handled, Header, Kind, Message, Money, Pairs, Parameter
from .words import Receipt, Report, ReportStatus, Standing, Status

E = TypeVar("E", bound=Enum)


def call(given: Any) -> Call:
    return Call(given.issued_at, given.nonce, given.environment, given.deadline_ms)


def message(given: Any) -> Message:
    values = dict(vars(given))
    values["parameters"] = tuple(Parameter(pair.name, pair.value) for pair in given.parameters)
    values["extra"] = tuple(Field(pair.name, pair.value) for pair in given.extra)
    return Message(**values)


def callback(given: Any) -> Callback:
    headers = tuple(Header(header.name, header.value) for header in given.headers)
    return Callback(given.method, given.url, headers, given.body)


def request(asked: Any) -> Any:
    """An ``http.Request``."""
    headers = [host.common.Header(text_of("header", name), text_of(f"header {name}", value)) for name, value in asked.headers]
    credentials = [text_of("credential", name) for name in asked.credentials]
    return host.http.Request(text_of("method", asked.method), text_of("url", asked.url), headers, asked.body, credentials,
                             _count(asked.timeout_ms))


def receipt(told: Receipt) -> Any:
    _is(told, Receipt, "send")
    ids = _ids(told.message_ids)
    return host.common.Receipt(_case("ReceiptStatus", Status, told.status), ids, _count(told.segments),
                               _money(told.price), _pairs(told.extra))


def standing(told: Standing) -> Any:
    _is(told, Standing, "check")
    return host.common.Standing(_maybe("name", told.name), _money(told.balance), _pairs(told.extra))


def handled(told: Handled) -> Any:
    _is(told, Handled, "handle")
    _is(told.answer, Answer, "handle's answer")
    status, body = told.answer.status, told.answer.body
    if not isinstance(status, int) or not 100 <= status <= 599:
        raise TypeError("the answer's `status` is an HTTP status")
    answer = host.common.Answer(status, text_of("content_type", told.answer.content_type), bytes_of("body", body))
    return host.common.Handled([_report(report) for report in told.reports], answer)


def failure(told: Failure) -> Any:
    """Whatever is in it: there is nobody behind it to catch anything."""
    kind = told.kind if isinstance(told.kind, Kind) else Kind.OTHER
    certainty = told.certainty if isinstance(told.certainty, Certainty) else Certainty.UNKNOWN
    code = None if told.provider_code is None else clean(str(told.provider_code))
    try:
        extra = _pairs(told.extra)
    except (TypeError, ValueError):
        extra = []
    return host.common.Failure(_case("FailureKind", Kind, kind), _case("Certainty", Certainty, certainty), code,
                               clean(str(told.text)), _count(told.retry_after_seconds), extra)


def _report(told: Report) -> Any:
    _is(told, Report, "handle's reports")
    kind = None if told.kind is None else _case("FailureKind", Kind, told.kind)
    at = told.at if isinstance(told.at, int) and 0 <= told.at < 1 << 64 else None
    return host.common.Report(
        _ids(told.message_ids), _maybe("reference", told.reference), _case("ReportStatus", ReportStatus, told.status),
        at, kind, _maybe("provider_code", told.provider_code), _maybe("text", told.text),
        _maybe("network", told.network), _count(told.segments), _money(told.price), _pairs(told.extra),
    )


def _is(told: Any, wanted: type, place: str) -> None:
    if not isinstance(told, wanted):
        raise TypeError(f"{place} gives a {wanted.__name__}, not {type(told).__name__}")


def _case(name: str, wanted: type[E], told: E) -> Any:
    # By value, so that `Kind.OTHER` and "other" are the same.
    return getattr(host.common, name)[wanted(told).name]


def clean(text: str) -> str:
    """JSON may hold half a surrogate pair, which is no text."""
    return text.encode("utf-8", "replace").decode()


def text_of(name: str, told: Any) -> str:
    if isinstance(told, str):
        return clean(told)
    if isinstance(told, int) and not isinstance(told, bool):
        return str(told)
    raise TypeError(f"`{name}` is text, not {type(told).__name__}")


def bytes_of(name: str, told: Any) -> bytes:
    if isinstance(told, str):
        return clean(told).encode()
    if isinstance(told, (bytes, bytearray)):
        return bytes(told)
    raise TypeError(f"`{name}` is bytes or text, not {type(told).__name__}")


def _maybe(name: str, told: Any) -> str | None:
    return None if told is None else text_of(name, told)


def _ids(told: Any) -> list[str]:
    ids = told if isinstance(told, (list, tuple)) else [told]
    return [text_of("message_ids", value) for value in ids]


def _count(told: Any) -> int | None:
    """A number that is none, or that nobody can mean, is not told."""
    is_count = isinstance(told, int) and not isinstance(told, bool) and 0 <= told < 1 << 32
    return told if is_count else None


def _money(told: Money | None) -> Any:
    return None if told is None else host.common.Money(text_of("amount", told[0]), text_of("currency", told[1]))


def _pairs(told: Pairs) -> list[Any]:
    return fields("extra", told)


def fields(name: str, told: Pairs) -> list[Any]:
    pairs = told.items() if hasattr(told, "items") else told
    return [host.common.Field(text_of(name, key), text_of(name, value)) for key, value in pairs]
