"""Every digest, encoding, way to keep a key and place once, by Python's own hashlib and hmac.

The SDKs above show that whole requests come out right; this shows the rest of the manifest's words. Each case is a
credential, what a guest gives for it, and the value that has to stand in its place.
"""

import base64
import hashlib
import hmac

import wire

DATA = "POST&/v1&Your code is 123456 – ünï"
SECRET = b"fake secret \x00\x01\xfe\xff of 24 b"


def encoded(raw, encoding):
    return {
        "hex": lambda: raw.hex(),
        "hex-upper": lambda: raw.hex().upper(),
        "base64": lambda: base64.b64encode(raw).decode(),
        "base64url": lambda: base64.urlsafe_b64encode(raw).decode().rstrip("="),
        "base64-of-hex": lambda: base64.b64encode(raw.hex().encode()).decode(),
    }[encoding]()


def stored(secret_encoding):
    """How the operator types the key, and the key."""
    return {
        "text": ("fake-secret-of-text-0123", b"fake-secret-of-text-0123"),
        "hex": (SECRET.hex(), SECRET),
        "base64": (base64.b64encode(SECRET).decode(), SECRET),
    }[secret_encoding]


def hmac_case(digest, secret_encoding, encoding, place, prefix="", suffix="", chain=()):
    typed, key = stored(secret_encoding)
    key = prefix.encode() + key + suffix.encode()
    dates = {"{date:basic}": "20260115", "{date:extended}": "2026-01-15", "{config.region}": "eu-1"}
    for link in chain:
        key = hmac.new(key, dates.get(link, link).encode(), digest).digest()
    value = encoded(hmac.new(key, DATA.encode(), digest).digest(), encoding)
    credential = {"kind": "hmac", "digest": digest, "secret_encoding": secret_encoding, "encoding": encoding}
    more = {"prefix": prefix, "suffix": suffix, "chain": list(chain)}
    credential |= {name: word for name, word in more.items() if word}
    return case(credential, place, typed, {"data": DATA}, value)


def digest_case(digest, encoding, place, template, values):
    typed, key = stored("text")
    text = b""
    for part in template:
        if part == "{secret}":
            text += key
        elif part == "{config.region}":
            text += b"eu-1"
        elif part.endswith(":base64}"):
            text += base64.b64decode(values[part[1:-8]])
        elif part.endswith(":hex}"):
            text += bytes.fromhex(values[part[1:-5]])
        elif part.startswith("{"):
            text += values[part[1:-1]].encode()
        else:
            text += part.encode()
    credential = {"kind": "digest", "digest": digest, "encoding": encoding, "template": "".join(template)}
    return case(credential, place, typed, {"values": values}, encoded(hashlib.new(digest, text).digest(), encoding))


def case(credential, place, secret, given, value):
    return {"credential": {**credential, "place": place}, "secret": secret, **given, "value": value}


def plain():
    nonce = base64.b64encode(b"\x00\xffnonce").decode()
    cases = {
        "md5_hex_form": hmac_case("md5", "text", "hex", {"form": "sign"}),
        "sha1_upper_query": hmac_case("sha1", "hex", "hex-upper", {"query": "sign"}),
        "sha256_base64_json": hmac_case("sha256", "base64", "base64", {"json": "/sign"}),
        "sha512_url_path": hmac_case("sha512", "text", "base64url", {"path": 2}, suffix="&"),
        "sha256_of_hex_header": hmac_case("sha256", "text", "base64-of-hex", {"header": "x-sign"}, prefix="AWS4"),
        "sha512_base64_query": hmac_case("sha512", "hex", "base64", {"query": "sign"}),
        "sha1_base64_form": hmac_case("sha1", "text", "base64", {"form": "sign"}),
        "sha256_chain_xml": hmac_case(
            "sha256", "text", "base64", {"xml": "/a/b"}, "TC3", "", ("{date:extended}", "{config.region}", "end")
        ),
        "md5_chain_attribute": hmac_case(
            "md5", "hex", "hex", {"xml": "/a/b", "attribute": "sig"}, chain=("{date:basic}", "x")
        ),
        "digest_md5_form": digest_case("md5", "hex", {"form": "sign"}, ["{user}", ":", "{secret}"], {"user": "ünï"}),
        "digest_sha1_header": digest_case(
            "sha1", "base64", {"header": "x-sign"}, ["{nonce:base64}", "{at}", "{secret}"], {"nonce": nonce, "at": "1"}
        ),
        "digest_sha256_json": digest_case(
            "sha256", "hex-upper", {"json": "/auth/sign"}, ["{config.region}", "{n:hex}", "{secret}"], {"n": "00ff"}
        ),
        "digest_sha512_query": digest_case("sha512", "base64url", {"query": "sign"}, ["{secret}", "{at}"], {"at": "2"}),
    }
    return {"made_by": "Python's hashlib and hmac", "issued_at": wire.NOW, "config": {"region": "eu-1"}, "cases": cases}


VECTORS = {"plain": plain}
