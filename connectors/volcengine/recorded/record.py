"""What Volcengine's own SDK for Python sends, for the transcripts of the same names."""

import json

from recorder import Recorder
from volcengine.auth.SignerV4 import SignerV4
from volcengine.sms.SmsService import SmsService

taker = Recorder(
    "volcengine 1.0.229 (PyPI)", keep=["authorization", "content-type", "x-content-sha256", "x-date"]
)
taker.through_requests()
SignerV4.get_current_format_date = staticmethod(lambda: "20260115T120000Z")
taker.reply(200, {"ResponseMetadata": {}, "Result": {"MessageID": ["m"]}})
service = SmsService()
service.set_ak("AKLTfakefakefakefakefakefakefake0123")
service.set_sk("fake-secret-0000000000000000")


def send(name, **fields):
    service.send_sms(json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode())
    taker.save(name)


values = {"TemplateParam": '{"code":"123456"}'}
send(
    "sent-mainland.json", SmsAccount="77da1acf", Sign="火山引擎", TemplateID="ST_6f8c0001", **values,
    PhoneNumbers="+8613800138000", Tag="msg_transcript",
)
send(
    "sent-overseas.json", SmsAccount="88da1acf", Sign="火山引擎", TemplateID="ST_6f8c0002", **values,
    PhoneNumbers="14155550123", Tag="msg_transcript",
)

service.get_sub_account_detail({"subAccount": "77da1acf"})
taker.save("account.json")

# The same service under BytePlus's name, with the host, the region and the field `From` of its SDK (PyPI byteplus-sdk 1.0.53).
service.service_info.host = "sms.byteplusapi.com"
service.service_info.credentials.region = "ap-singapore-1"
send(
    "sent-singapore.json", SmsAccount="77da1acf", TemplateID="ST_6f8c0001", **values, PhoneNumbers="+14155550123",
    Tag="msg_transcript",
)
send(
    "sent-singapore-sender.json", SmsAccount="77da1acf", From="ACME", TemplateID="ST_6f8c0001", **values,
    PhoneNumbers="+6591234567", Tag="msg_transcript",
)
