"""Is this token what the vector says? PyJWT reads it with the public key alone.

    python verify_token.py VECTOR.json TOKEN
"""

import json
import sys
from pathlib import Path

import jwt

PUBLIC = {"RS256": "fake-rsa-public.pem", "ES256": "fake-ec-public.pem"}


def main(file, token):
    vector = json.loads(Path(file).read_text())
    expected = vector["token"]
    algorithm = expected["header"]["alg"]
    if algorithm in PUBLIC:
        key = Path(__file__).with_name("keys").joinpath(PUBLIC[algorithm]).read_text()
    else:
        key = vector["secrets"]["signing_key"]
    # The vector's clock stands still; that the times fit together is compared below.
    options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "require": ["iat", "nbf", "exp", "jti"]}
    claims = jwt.decode(token, key, algorithms=[algorithm], options=options)
    header = jwt.get_unverified_header(token)
    assert header == expected["header"], f"the header is {header}"
    for name, value in expected["claims"].items():
        assert claims.get(name) == value, f"{name} is {claims.get(name)!r}, and {value!r} was expected"
    unknown = set(claims) - set(expected["claims"]) - {"nbf", "exp"}
    assert not unknown, f"claims that nobody asked for: {unknown}"
    assert claims["nbf"] <= claims["iat"] < claims["exp"] <= claims["iat"] + 300, f"it lives too long: {claims}"
    print("verified")


if __name__ == "__main__":
    main(*sys.argv[1:])
