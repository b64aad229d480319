"""What Brevo's own SDK for Python sends, for the transcripts of the same names."""

from brevo import Brevo
from recorder import Recorder

# Others name the SDK and the machine.
taker = Recorder("brevo-python 5.1.0 (PyPI)", keep=["api-key", "content-type"])
host = "https://api.brevo.com"
client = Brevo(base_url=taker.url + "/v3", api_key="xkeysib-fake-0000000000000000")
message = {
    "recipient": "+33612345678", "sender": "ACME", "type": "transactional", "content": "Your code is 123456.",
    "unicode_enabled": False,
}

taker.reply(201, {"messageId": 1511882900176220})
client.transactional_sms.send_async_transactional_sms(**message)
taker.save("sent.json", host)

client.transactional_sms.send_async_transactional_sms(**message, organisation_prefix="Acme", tag="otp")
taker.save("sent-prefix-tag.json", host)

client.transactional_sms.send_async_transactional_sms(
    **message, web_url="https://otp.example.com/callbacks/production/brevo/msg_1.00"
)
taker.save("sent-host-callback.json", host)

client.transactional_sms.send_async_transactional_sms(**{
    **message, "content": "Ваш код 123456 ✓", "unicode_enabled": True,
})
taker.save("unicode.json", host)

client.transactional_sms.send_async_transactional_sms(**{**message, "sender": "33700000000"})
taker.save("sent-number.json", host)

taker.reply(200, {"organization_id": "1", "user_id": 1, "enterprise": False, "companyName": "Acme", "email": "a@acme.example",
                  "firstName": "A", "lastName": "B", "plan": [], "planVerticals": [], "relay": {"enabled": False}})
client.account.get_account()
taker.save("account.json", host)
