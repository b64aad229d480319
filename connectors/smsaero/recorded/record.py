"""What SMS Aero's own SDK for Python sends, for the transcripts of the same names."""

import re

import smsaero
from recorder import Recorder
from smsaero import SmsAero

taker = Recorder("smsaero-api 3.2.0 (PyPI)")
taker.through_requests()
# The SDK writes user and key into the URL, from where its HTTP library makes the header.
take = taker.take
taker.take = lambda method, url, *rest: take(method, re.sub("//.*@", "//", url), *rest)
# The SDK asks the DNS whether the domain takes mail.
smsaero.validate_email = lambda *_, **__: None
NUMBER = {"/json/number": "This SDK takes numbers only; the one for Node (npm smsaero 2.0.0) and the documentation have texts."}
NO_CALLBACK = {"/json/callbackUrl": "The SDK sends null where there is none; it is left out here."}


def client(**more):
    # Its check of numbers refuses those that are made for examples.
    return SmsAero("otp@example.com", "fake-key-00000000000000000000000", "ACME", allow_phone_validation=False, **more)


taker.reply(200, {"success": True, "data": {"id": 12345, "status": 0}, "message": None})
message = {"number": 14155550123, "text": "Your code is 123456."}
client().send_sms(**message)
taker.save("sent.json", differs=NUMBER | NO_CALLBACK)

client().send_sms(
    **message, callback_url="https://otp.example.com/callbacks/production/smsaero/t0ken", callback_format="JSON"
)
taker.save("sent-callback.json", differs=NUMBER)

client().send_sms(**message, sign="OTHER")
taker.save("sent-country-sender.json", differs=NUMBER | NO_CALLBACK)

client(url_gate="@gate.smsaero.org/v2/").send_sms(**message)
taker.save("sent-other-gate.json", differs=NUMBER | NO_CALLBACK)

client(test_mode=True).send_sms(**message)
taker.save("sent-test.json", differs=NUMBER | NO_CALLBACK)

taker.reply(200, {"success": True, "data": {"balance": 337.03}, "message": None})
client().balance()
taker.save("account.json")

taker.reply(200, {"success": True, "data": {"id": 12345, "status": 0}, "message": None})
for name, text in [("unicode", "Ваш код 123456 😀"), ("signs", 'Code: 1+1 & 2=3 % "q" <b>\\\nSecond line, € £ ü.')]:
    client().send_sms(**{**message, "text": text})
    taker.save(f"{name}.json", differs=NUMBER | NO_CALLBACK)
