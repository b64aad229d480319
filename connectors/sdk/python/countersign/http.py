"""Requests and replies."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, overload

from . import host, lower, shape
from .failure import Failure
from .words import Header, Kind, first

T = TypeVar("T")

begun = False
"""Whether this call has asked the host for anything: until then, certainly nothing was sent."""


class Request:
    """A request to be sent by the host. Each method answers with the same request, so that they chain."""

    def __init__(self, method: str, url: str) -> None:
        self.method = method
        self.url = url
        self.headers: list[Header] = []
        self.body = b""
        self.credentials: list[str] = []
        self.timeout_ms: int | None = None

    @classmethod
    def get(cls, url: str) -> Request:
        """GET."""
        return cls("GET", url)

    @classmethod
    def post(cls, url: str) -> Request:
        """POST."""
        return cls("POST", url)

    def header(self, name: str, value: str) -> Request:
        """One more header."""
        self.headers.append(Header(name, value))
        return self

    def credential(self, name: str) -> Request:
        """A credential of the manifest, placed by the host as the request leaves."""
        self.credentials.append(name)
        return self

    def timeout(self, ms: int) -> Request:
        """How long to wait for this answer, in milliseconds; the call's own deadline holds all the same."""
        self.timeout_ms = ms
        return self

    def form(self, fields: Mapping[str, object] | Iterable[tuple[str, object]]) -> Request:
        """An ``application/x-www-form-urlencoded`` body, in this order. A field that is None is left out."""
        pairs = fields.items() if isinstance(fields, Mapping) else fields
        body = urllib.parse.urlencode([(name, _written(name, value)) for name, value in pairs if value is not None])
        return self.content("application/x-www-form-urlencoded", body)

    def json(self, body: Any) -> Request:
        """A JSON body."""
        return self.content("application/json", json.dumps(body, ensure_ascii=False, allow_nan=False))

    def content(self, content_type: str, body: str | bytes) -> Request:
        """A body of another kind: XML, or one whose bytes a signature covers."""
        self.body = lower.bytes_of("body", body)
        return self.header("content-type", content_type)


def _written(name: str, value: object) -> str:
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value)
    # `True` is one provider's true, another one's 1, and nobody's True.
    raise TypeError(f"the form's `{name}` is text or a number, not {type(value).__name__}")


class Response:
    """A provider's answer, of any status."""

    def __init__(self, status: int, body: bytes | str = b"", headers: Iterable[tuple[str, str]] = ()) -> None:
        self.status = status
        self.headers = [Header(*header) for header in headers]
        self.body = body.encode() if isinstance(body, str) else body

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status <= 299

    @property
    def text(self) -> str:
        """The body as UTF-8; what is none becomes U+FFFD."""
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return first(self.headers, name)

    def retry_after(self) -> int | None:
        """``Retry-After`` in seconds, where it is a number (RFC 9110 §10.2.3)."""
        found = re.fullmatch(r"[0-9]{1,10}", (self.header("retry-after") or "").strip())
        return int(found.group()) if found and int(found.group()) < 1 << 32 else None

    @overload
    def json(self) -> Any: ...
    @overload
    def json(self, of: type[T]) -> T: ...
    def json(self, of: Any = None) -> Any:
        """The body as JSON; with a dataclass, as one of those. A body that does not fit may hide a message that was
        sent."""
        try:
            # UTF-8, with or without its mark. Python would guess at codecs that are not built into the component.
            text = self.body.removeprefix(b"\xef\xbb\xbf").decode()
            _refuse_depths(text)
            value = json.loads(text, parse_constant=_refuse)
            return value if of is None else shape.fit(value, of)
        except (ValueError, RecursionError):
            text = "the provider's answer is not the JSON that it documents"
            raise Failure(Kind.INVALID_RESPONSE, text).maybe_sent() from None


_DEPTH_MAX = 128
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")


def _refuse_depths(text: str) -> None:
    """What is nested so deep that nobody meant it. The interpreter would follow it until the sandbox ends the call."""
    if text.count("[") + text.count("{") <= _DEPTH_MAX:
        return
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if bracket.group() in "[{" else -1
        if depth > _DEPTH_MAX:
            raise ValueError(f"it is nested deeper than {_DEPTH_MAX} levels")


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def exchange(request: Request) -> Response:
    """Send a request and wait for the answer. A fault becomes the failure that it means."""
    global begun
    sender = host.present(host.http)
    asked = lower.request(request)
    begun = True
    try:
        answer = sender.send(asked)
    except host.Err as error:
        raise _meaning(error.value) from None
    return Response(answer.status, answer.body, [(header.name, header.value) for header in answer.headers])


def _meaning(fault: Any) -> Failure:
    why = getattr(fault, "value", "")
    case = type(fault).__name__.removeprefix("Fault_")
    if case == "Denied":
        return Failure(Kind.INVALID_CONFIG, why)
    if case == "Dns":
        return Failure(Kind.PROVIDER_UNAVAILABLE, f"the name `{why}` does not resolve")
    if case == "Connect":
        return Failure(Kind.PROVIDER_UNAVAILABLE, f"no connection: {why}")
    if case == "Tls":
        return Failure(Kind.PROVIDER_UNAVAILABLE, f"the TLS handshake failed: {why}")
    if case == "Timeout":
        return Failure(Kind.TIMEOUT, "the provider did not answer in time").maybe_sent()
    if case == "TooLarge":
        return Failure(Kind.INVALID_RESPONSE, "the provider's answer is too large").maybe_sent()
    return Failure(Kind.PROVIDER_UNAVAILABLE, f"the connection broke: {why}").maybe_sent()
