"""What SMSGate's own client for Python sends, for the transcripts of the same names."""

from android_sms_gateway import client, domain
from recorder import Recorder

taker = Recorder("android-sms-gateway 4.3.3 (PyPI)")
taker.reply(202, {"id": "msg_transcript", "state": "Pending", "recipients": []})
message = {
    "phone_numbers": ["+14155550123"],
    "text_message": domain.TextMessage("Your code is 123456."),
    "id": "msg_transcript",
    "ttl": 600,
}
HIGH, NORMAL = domain.MessagePriority(100), domain.MessagePriority(0)


def send(path="/3rdparty/v1", query=None, **more):
    with client.APIClient("ABC123", "fake-password-0000", base_url=taker.url + path) as api:
        api.send(domain.Message(**{**message, "priority": HIGH, **more}), **query or {})


send()
taker.save("sent-cloud.json", host="https://api.sms-gate.app")

send("/api/3rdparty/v1")
taker.save("sent-server.json", host="https://sms.example.com")

send("")
taker.save("sent-phone.json", host="https://192.0.2.10:8080")

options = {"device_id": "yVULogr4Y1ksRfnos1Dsw", "sim_number": 2, "priority": NORMAL}
send(query={"device_active_within": 12}, **options)
taker.save("sent-options.json", host="https://api.sms-gate.app")

send(query={"device_active_within": 12, "skip_phone_validation": True}, **options)
taker.save("sent-unvalidated.json", host="https://api.sms-gate.app")

for name, more in {
    "unicode": {"text_message": domain.TextMessage("你的验证码 123456 😀")},
    "signs": {"text_message": domain.TextMessage('Code: 1+1 & 2=3 % "q" <b>\\\nSecond line, € £ ü.')},
    "validity": {"ttl": 45},
}.items():
    send(**more)
    taker.save(f"{name}.json", host="https://api.sms-gate.app")

taker.reply(200, [])
with client.APIClient("ABC123", "fake-password-0000", base_url=taker.url + "/3rdparty/v1") as api:
    api.list_devices()
taker.save("account.json", host="https://api.sms-gate.app")
