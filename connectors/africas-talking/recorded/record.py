"""What Africa's Talking's own SDK for Python sends, for the transcripts of the same names."""

import africastalking
from recorder import Recorder

KEY, TO, TEXT = "fake-key-0000000000000000", ["+254711000123"], "Your code is 123456."
UNICODE = "您的验证码是 123456 ✓"
taker = Recorder("africastalking 2.0.3 (PyPI)")
taker.through_requests()
taker.reply(201, {"SMSMessageData": {"Message": "Sent to 1/1 Total Cost: KES 0.8000", "Recipients": []}})

africastalking.initialize("acme", KEY)
for name, sender in [("sent", "ACME"), ("sent-short-code", "22384"), ("sent-shared-sender", None)]:
    africastalking.SMS.send(TEXT, TO, sender)
    taker.save(f"{name}.json")

for name, text in [("special-characters", "A+B & C=D 100%\nYour code is 123456."), ("unicode", UNICODE)]:
    africastalking.SMS.send(text, TO, "ACME")
    taker.save(f"{name}.json")

taker.reply(200, {"UserData": {"balance": "KES 1785.50"}})
africastalking.Application.fetch_application_data()
taker.save("account.json")

taker.reply(201, {"SMSMessageData": {"Message": "Sent to 1/1 Total Cost: KES 0.8000", "Recipients": []}})
africastalking.initialize("sandbox", KEY)
africastalking.SMS.send(TEXT, TO, "ACME")
taker.save("sent-sandbox.json")
