"""WS-Security's UsernameToken with a password digest (SHA-1), as zeep writes it into a SOAP envelope."""

from pathlib import Path

import urllib3
import zeep
from zeep.wsse.username import UsernameToken

import wire

ANSWER = """<soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/"><soap-env:Body>
<SendResponse xmlns="urn:countersign:test"><id>p_1</id></SendResponse></soap-env:Body></soap-env:Envelope>"""


def wsse():
    wire.redirect(urllib3.connection.HTTPSConnection)
    config = {"username": "countersign"}
    secrets = {"password": "fake password & <more>"}
    token = UsernameToken(
        config["username"], secrets["password"], use_digest=True, nonce=wire.NONCE, zulu_timestamp=True
    )
    client = zeep.Client(str(Path(__file__).with_name("sms.wsdl")), wsse=token)
    call = lambda: client.service.Send(to=wire.TO, text=wire.TEXT)
    request = wire.record(call, (200, "text/xml; charset=utf-8", ANSWER))
    return wire.vector(f"zeep {zeep.__version__}: UsernameToken", config, secrets, request)


VECTORS = {"wsse": wsse}
