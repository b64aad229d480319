"""Azure Communication Services: HMAC-SHA256 over date, host and the body's digest."""

import base64
import uuid

import urllib3
from azure.communication.sms import SmsClient, _sms_client
from azure.core.credentials import AzureKeyCredential

import versions
import wire

ANSWER = """{"value": [{"to": "+14155550123", "messageId": "p_1", "httpStatusCode": 202, "successful": true}]}"""


def azure():
    wire.redirect(urllib3.connection.HTTPSConnection)
    config = {"endpoint": "countersign.communication.azure.com", "from": "+18005550199"}
    secrets = {"access_key": base64.b64encode(b"fake access key of 32 bytes\x00\xff\xfe\xfd\xfc").decode()}
    client = SmsClient(f"https://{config['endpoint']}", AzureKeyCredential(secrets["access_key"]))
    call = lambda: client.send(config["from"], wire.TO, wire.TEXT, enable_delivery_report=True)
    _sms_client.uuid4 = lambda: uuid.uuid4()
    ignored = {
        "x-ms-client-request-id": "a number for tracing that the SDK makes of clock and machine",
        "x-ms-return-client-request-id": "asks for that number back",
    }
    request = wire.record(call, (202, "application/json", ANSWER), ignored)
    made_by = f"azure-communication-sms {versions.of('azure-communication-sms')}: SmsClient.send"
    return wire.vector(made_by, config, secrets, request)


VECTORS = {"azure": azure}
