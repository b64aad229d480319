"""What MessageBird's own SDK for Python sends, for the transcripts of the same names."""

import messagebird
from recorder import Recorder

taker = Recorder("messagebird 2.2.0 (PyPI)")
taker.through_requests()
SPECIAL = 'Code: 123456 + more & 100% = "ok"?\nÄ € #1'
client = messagebird.Client("fake-access-key-0000000")
taker.reply(201, {"id": "e8077d803532c0b5937c639b60216938", "recipients": {"items": []}})


def sent(name, originator="Example", body="Your code is 123456.", **more):
    fixed = {"reference": "msg_transcript", "validity": 600, "datacoding": "auto"}
    client.message_create(originator, "14155550123", body, {**fixed, **more})
    taker.save(f"{name}.json")


sent("sent")
sent("sent-number", originator="14155550100")
sent("unicode", body="您的验证码是 123456")
sent("special-characters", body=SPECIAL)
sent("callback", reportUrl="https://otp.example.com/callbacks/production/messagebird/msg_1.00")

taker.reply(200, {"payment": "prepaid", "type": "euros", "amount": 12.5})
client.balance()
taker.save("account.json")
