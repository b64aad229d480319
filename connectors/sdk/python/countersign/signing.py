"""Signatures, made by the host. What comes back is a marker: write it where the manifest says that the credential goes,
name the credential in the request, and the host puts the real value there as the request leaves. Neither a key nor a
signature is ever in here."""

from __future__ import annotations

from typing import Any

from . import host, lower
from .failure import Failure
from .words import Kind, Pairs


def sign(credential: str, data: str | bytes) -> str:
    """For a credential of kind ``hmac``: a marker for the signature over ``data``."""
    return _asked(credential, "sign", lower.bytes_of("data", data))


def digest(credential: str, values: Pairs) -> str:
    """For a credential of kind ``digest``: a marker for the hash over the manifest's template, filled with these."""
    return _asked(credential, "digest", lower.fields("values", values))


def token(credential: str, claims: Pairs) -> str:
    """For a credential of kind ``jwt``: a marker for a token with these claims. The host adds iat, nbf, exp and jti."""
    return _asked(credential, "token", lower.fields("claims", claims))


def verify(credential: str, data: str | bytes, signature: bytes) -> bool:
    """For a credential of kind ``verify``, in ``handle``: is this the provider's signature over ``data``? Raw bytes:
    decode base64 or hexadecimal first. Of a token, ``signature`` is the whole token and ``data`` the body."""
    return _asked(credential, "verify", lower.bytes_of("data", data), lower.bytes_of("signature", signature))


def is_set(credential: str) -> bool:
    """Whether the operator set what a credential needs, of whichever kind: for one that you can do without."""
    try:
        host.present(host.credentials).sign(credential, b"")
    except host.Err as refusal:
        # A kind that does not sign refuses too, but in other words.
        return type(refusal.value).__name__ != "Refusal_UnknownName"
    return True


def _asked(credential: str, function: str, *arguments: Any) -> Any:
    try:
        return getattr(host.present(host.credentials), function)(credential, *arguments)
    except host.Err as error:
        raise _meaning(credential, error.value) from None


def _meaning(credential: str, refusal: Any) -> Failure:
    """Each of these is a fault of manifest, configuration or connector; nothing was asked of the provider."""
    why = getattr(refusal, "value", "")
    texts = {
        "Refusal_UnknownName": f"there is no credential `{credential}` with this configuration",
        "Refusal_WrongKind": f"the credential `{credential}` is of kind `{why}`",
        "Refusal_NotHere": f"the credential `{credential}` can't be used in this export",
    }
    text = texts.get(type(refusal).__name__, f"the credential `{credential}` can't be used: {why}")
    return Failure(Kind.INVALID_CONFIG, text)
