"""What Twilio's own SDK for Python sends, for the transcripts of the same names."""

from recorder import Recorder
from twilio.rest import Client

ACCOUNT, TOKEN, SERVICE = "AC" + "0" * 32, "fake-token-" + "0" * 21, "VA" + "0" * 32
TO, TAGS = "+14155550123", '{"reference":"msg_transcript"}'
taker = Recorder("twilio 9.13.0 (PyPI)")
taker.through_requests()


def service(*who):
    return Client(*who).verify.v2.services(SERVICE)


ours = service(ACCOUNT, TOKEN)
taker.reply(201, {"sid": "VE" + "1" * 32, "status": "pending", "valid": False})
ours.verifications.create(to=TO, channel="sms", locale="en", tags=TAGS)
taker.save("started.json")
ours.verifications.create(to=TO, channel="sms", tags=TAGS)
taker.save("started-by-number.json")

ours.verifications.create(
    to=TO, channel="sms", locale="pt-BR", app_hash="FA+9qCX9VSu", template_sid="HJ" + "4" * 32,
    device_ip="192.0.2.1", risk_check="disable", tags=TAGS,
)
taker.save("started-with-everything.json")

key = service("SK" + "3" * 32, "fake-key-secret-" + "0" * 16, ACCOUNT)
key.verifications.create(to=TO, channel="sms", locale="en", tags=TAGS)
taker.save("started-api-key.json")

taker.reply(200, {"sid": "VE" + "1" * 32, "status": "approved", "valid": True})
ours.verification_checks.create(verification_sid="VE" + "1" * 32, code="123456")
taker.save("approved.json")
ours.verification_checks.create(to=TO, code="123456")
taker.save("approved-by-number.json")

taker.reply(200, {"sid": SERVICE, "friendly_name": "Example", "code_length": 6})
ours.fetch()
taker.save("account.json")
