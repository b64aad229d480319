"""JSON Web Tokens, as PyJWT makes them from the claims that the host is to write; Vonage's as its own SDK makes it.

RS256 and HS256 give the same bytes each time. ES256 is randomised, so the direction is reversed: `verify_token.py`
reads what the host made.
"""

import calendar
import time
import uuid
from pathlib import Path

import jwt
import time_machine
from vonage_jwt import JwtClient

import versions
import wire

KEYS = Path(__file__).with_name("keys")
ISSUED_AT = calendar.timegm(time.strptime(wire.NOW, "%Y-%m-%dT%H:%M:%SZ"))
LIFE_SECONDS = 300
HOST_CLAIMS = {"iat": ISSUED_AT, "nbf": ISSUED_AT, "exp": ISSUED_AT + LIFE_SECONDS, "jti": str(uuid.UUID(wire.NONCE))}


def key(name):
    return (KEYS / name).read_text()


def request(token):
    headers = [["authorization", f"Bearer {token}"], ["content-type", "application/json"]]
    body = f'{{"to":"{wire.TO.removeprefix("+")}","message_type":"text","text":"{wire.TEXT}"}}'
    return {"method": "POST", "url": "https://jwt.example.com/v1/messages", "headers": headers, "body": body}


def made(algorithm, secret, config, claims, kid=None):
    """`sort_headers` gives alg before typ, which is the host's order as long as there is no kid."""
    headers = {"kid": kid} if kid else None
    token = jwt.encode({**claims, **HOST_CLAIMS}, secret, algorithm, headers, sort_headers=True)
    expected = {
        "header": jwt.get_unverified_header(token),
        "claims": {**claims, **HOST_CLAIMS},
        "exact": algorithm != "ES256" and kid is None,
    }
    made_by = f"PyJWT {jwt.__version__}: encode, {algorithm}"
    recorded = request(token if expected["exact"] else "")
    return wire.vector(made_by, config, {"signing_key": secret}, recorded, token=expected)


def rs256(file):
    config = {"application_id": "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"}
    return made("RS256", key(file), config, {"application_id": config["application_id"]})


def hs256():
    config = {"account": "fake-account"}
    return made("HS256", "fake-shared-secret-0123456789abcdef", config, {"iss": "fake-account"})


def es256(file):
    config = {"account": "TEAM123456", "key_id": "FAKEKEY123"}
    return made("ES256", key(file), config, {"iss": "TEAM123456"}, kid="FAKEKEY123")


def vonage():
    """Same claims but for the life, which is Vonage's fifteen minutes there, and `nbf`, which it leaves out."""
    config = {"application_id": "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"}
    from vonage_jwt import jwt as module

    module.uuid4 = lambda: uuid.UUID(wire.NONCE)
    with time_machine.travel(wire.NOW, tick=False):
        module.time = time.time
        token = JwtClient(config["application_id"], key("fake-rsa.pem")).generate_application_jwt().decode()
    claims = jwt.decode(token, options={"verify_signature": False, "verify_exp": False})
    del claims["exp"]
    expected = {"header": jwt.get_unverified_header(token), "claims": claims, "exact": False}
    made_by = f"vonage-jwt {versions.of('vonage-jwt')}: generate_application_jwt"
    return wire.vector(made_by, config, {"signing_key": key("fake-rsa.pem")}, request(""), token=expected)


VECTORS = {
    "jwt-rs256": lambda: rs256("fake-rsa.pem"),
    "jwt-rs256-pkcs1": lambda: rs256("fake-rsa-pkcs1.pem"),
    "jwt-hs256": hs256,
    "jwt-es256": lambda: es256("fake-ec.pem"),
    "jwt-es256-sec1": lambda: es256("fake-ec-sec1.pem"),
    "jwt-vonage": vonage,
}
