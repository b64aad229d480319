"""What Twilio's own SDK for Python sends, for the transcripts of the same names."""

import json
from pathlib import Path

from recorder import Recorder
from twilio.rest import Client

ACCOUNT, TOKEN, HOST = "AC" + "0" * 32, "fake-token-" + "0" * 21, "https://api.twilio.com"
taker = Recorder("twilio 9.13.0 (PyPI)")
taker.through_requests()
message = {"to": "+14155550123", "body": "Your code is 123456.", "validity_period": 600}

taker.reply(201, {"sid": "SM" + "1" * 32, "status": "queued"})
client = Client(ACCOUNT, TOKEN)
client.messages.create(**message, from_="+15005550006")
taker.save("sent-number.json")

client.messages.create(
    **message, from_="+15005550006", status_callback="https://example.com/status", risk_check="disable"
)
taker.save("sent-callback-riskcheck.json")

Client("SK" + "3" * 32, "fake-key-secret-" + "0" * 16, ACCOUNT).messages.create(**message, from_="+15005550006")
taker.save("sent-api-key.json")

client.messages.create(**message, messaging_service_sid="MG" + "2" * 32)
taker.save("sent-messaging-service.json")

client.messages.create(**message, from_="ACME")
taker.save("sent-alphanumeric.json")

for name in ["unicode", "special-characters"]:
    sent = json.loads(Path(f"connectors/twilio/transcripts/{name}.json").read_text())["message"]
    client.messages.create(**{**message, "to": sent["to"], "body": sent["text"]}, from_="+15005550006")
    taker.save(f"{name}.json")

Client(ACCOUNT, TOKEN, region="ie1", edge="dublin").messages.create(**message, from_="+15005550006")
taker.save("sent-region.json")

taker.reply(200, {"account_sid": ACCOUNT, "balance": "12.50", "currency": "USD"})
client.balance.fetch()
taker.save("account.json")
