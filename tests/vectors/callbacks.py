"""Delivery reports as providers sign them, and forgeries of each: what `verify` has to accept and to refuse.

Where a signature is randomised by nature (ECDSA), the deterministic one of RFC 6979 is taken: any is valid.
"""

import base64
import copy
import hashlib
import hmac
import json
from urllib.parse import urlencode

import jwt
import nacl.signing
import twilio
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from jwt.utils import base64url_encode, der_to_raw_signature
from twilio.request_validator import RequestValidator

import versions
import wire
from tokens import ISSUED_AT, key

URL = "https://countersign.example.com/callbacks/production/main/t0ken?source=dlr"
SECRET = "fake-signing-secret-0123456789abcdef"
REPORT = json.dumps({"id": "p_1", "status": "delivered"})
FORM = {"MessageSid": "p_1", "MessageStatus": "delivered", "To": wire.TO, "ErrorMessage": "a+b & ü"}


def private(name):
    return serialization.load_pem_private_key(key(name).encode(), None)


def b64(raw):
    return base64.b64encode(raw).decode()


def callback(body, headers, kind="application/json"):
    return {"method": "POST", "url": URL, "headers": [["content-type", kind], *headers], "body": body}


def case(made_by, credential, scheme, good, key_text=None, **forged):
    """`good` verifies; so does none of `forged`, nor what is done to every case here."""
    config = {"scheme": scheme, **({"public_key": key_text} if key_text else {})}
    source = {"key": "{config.public_key}"} if key_text else {"secret": "signing_secret"}
    changed, unsigned = copy.deepcopy(good), copy.deepcopy(good)
    changed["body"] = good["body"].replace("p_1", "p_2")
    unsigned["headers"] = [pair for pair in good["headers"] if pair[0] == "content-type"]
    return {
        "made_by": made_by,
        "credential": {"kind": "verify", **credential, **source},
        "config": config,
        "secrets": {} if key_text else {"signing_secret": SECRET},
        "callback": good,
        "forged": {"another body": changed, "no signature": unsigned, **forged},
    }


def by_twilio(algorithm, word):
    def signed(url, secret):
        signature = RequestValidator(secret).compute_signature(url, FORM, word)
        return callback(urlencode(FORM), [["x-twilio-signature", signature]], "application/x-www-form-urlencoded")

    made_by = f"twilio {twilio.__version__}: RequestValidator, {word}"
    forged = {"another URL": signed(URL + "&x=1", SECRET), "another secret": signed(URL, SECRET + "x")}
    return case(made_by, {"algorithm": algorithm}, "twilio", signed(URL, SECRET), **forged)


def by_hmac():
    mac = lambda secret: hmac.new(secret.encode(), REPORT.encode(), "sha512").hexdigest()
    signed = lambda value: callback(REPORT, [["x-signature", value]])
    forged = {"another secret": signed(mac(SECRET + "x")), "half a signature": signed(mac(SECRET)[:64])}
    return case("Python's hmac", {"algorithm": "hmac-sha512"}, "body-hex", signed(mac(SECRET)), **forged)


def by_ed25519(pem):
    seed = private("fake-ed25519.pem").private_bytes_raw()
    signer = nacl.signing.SigningKey(seed)
    at = str(ISSUED_AT)

    def signed(by, at_in_header=at):
        signature = b64(by.sign(f"{at}|{REPORT}".encode()).signature)
        return callback(REPORT, [["telnyx-timestamp", at_in_header], ["telnyx-signature-ed25519", signature]])

    key_text = key("fake-ed25519-public.pem") if pem else b64(bytes(signer.verify_key))
    forged = {
        "another key": signed(nacl.signing.SigningKey(hashlib.sha256(b"another").digest())),
        "another time": signed(signer, str(ISSUED_AT + 1)),
    }
    made_by = f"PyNaCl {nacl.__version__}: SigningKey.sign"
    return case(made_by, {"algorithm": "ed25519"}, "telnyx", signed(signer), key_text, **forged)


def by_rsa():
    signature = private("fake-rsa.pem").sign(REPORT.encode(), padding.PKCS1v15(), hashes.SHA256())
    signed = lambda raw: callback(REPORT, [["x-signature", b64(raw)]])
    forged = {"another signature": signed(bytes([signature[0] ^ 1]) + signature[1:])}
    made_by = f"cryptography {versions.of('cryptography')}: RSA, PKCS #1 v1.5, SHA-256"
    return case(made_by, {"algorithm": "rs256"}, "body-base64", signed(signature), key("fake-rsa-public.pem"), **forged)


def ecdsa(data):
    return private("fake-ec.pem").sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def by_ecdsa(raw):
    """SendGrid and AWS send ECDSA signatures as ASN.1, JOSE and others as r and s: both are in use."""
    at = str(ISSUED_AT)
    der = ecdsa((at + REPORT).encode())
    signature = der_to_raw_signature(der, ec.SECP256R1()) if raw else der
    signed = lambda at: callback(REPORT, [["x-timestamp", at], ["x-signature", b64(signature)]])
    forged = {"another time": signed(str(ISSUED_AT + 1))}
    made_by = f"cryptography {versions.of('cryptography')}: ECDSA, P-256, SHA-256, {'r and s' if raw else 'ASN.1'}"
    public = key("fake-ec-public.pem")
    return case(made_by, {"algorithm": "es256"}, "timestamp-body-base64", signed(at), public, **forged)


def token(algorithm, claims, secret=None):
    """PyJWT signs, but for ES256, where its signature would be another each time."""
    if algorithm != "ES256":
        return jwt.encode(claims, secret, algorithm)
    parts = [{"typ": "JWT", "alg": "ES256"}, claims]
    head = ".".join(base64url_encode(json.dumps(part).encode()).decode() for part in parts)
    signature = der_to_raw_signature(ecdsa(head.encode()), ec.SECP256R1())
    return f"{head}.{base64url_encode(signature).decode()}"


def by_token(algorithm, secret, key_text=None):
    """As Vonage does it: the token says what the body's digest is."""
    digest = hashlib.sha256(REPORT.encode()).hexdigest()
    claims = {"iss": "Vonage", "iat": ISSUED_AT, "exp": ISSUED_AT + 300, "payload_hash": digest}
    signed = lambda claims: callback(REPORT, [["authorization", f"Bearer {token(algorithm, claims, secret)}"]])
    bearer = lambda text: callback(REPORT, [["authorization", f"Bearer {text}"]])
    public_as_secret = base64url_encode(
        hmac.new((key_text or "").encode(), (confused := hs256_head(claims)).encode(), "sha256").digest()
    ).decode()
    forged = {
        "a token without a signature": bearer(jwt.encode(claims, None, "none")),
        "a token whose time is over": signed({**claims, "exp": ISSUED_AT - 120}),
        "a token of another secret": bearer(jwt.encode(claims, "another-secret-0123456789abcdefgh", "HS256")),
        "a token without the body's digest": signed({name: claims[name] for name in ("iss", "iat", "exp")}),
        "a token whose time has not come": signed({**claims, "nbf": ISSUED_AT + 600}),
    }
    if key_text:
        forged["a token under the public key as if that were a secret"] = bearer(f"{confused}.{public_as_secret}")
    credential = {"algorithm": f"jwt-{algorithm.lower()}", "body_claim": "payload_hash"}
    made_by = f"PyJWT {jwt.__version__}: encode, {algorithm}"
    return case(made_by, credential, "bearer", signed(claims), key_text, **forged)


def hs256_head(claims):
    parts = [{"typ": "JWT", "alg": "HS256"}, claims]
    return ".".join(base64url_encode(json.dumps(part).encode()).decode() for part in parts)


def callbacks():
    cases = {
        "twilio": by_twilio("hmac-sha1", "HMAC_SHA1"),
        "twilio-sha256": by_twilio("hmac-sha256", "HMAC_SHA256"),
        "hmac-sha512": by_hmac(),
        "telnyx": by_ed25519(pem=False),
        "ed25519-pem": by_ed25519(pem=True),
        "rs256": by_rsa(),
        "es256": by_ecdsa(raw=False),
        "es256-raw": by_ecdsa(raw=True),
        "jwt-hs256": by_token("HS256", SECRET),
        "jwt-rs256": by_token("RS256", key("fake-rsa.pem"), key("fake-rsa-public.pem")),
        "jwt-es256": by_token("ES256", None, key("fake-ec-public.pem")),
    }
    return {"issued_at": wire.NOW, "nonce": wire.NONCE, "cases": cases}


VECTORS = {"callbacks": callbacks}
