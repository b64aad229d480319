"""What Telnyx's own SDK for Python sends, for the transcripts of the same names."""

from recorder import Recorder
from telnyx import Telnyx

SPECIAL = 'Code: 123456 + more & 100% = "ok"?\nÄ € #1'
PROFILE, HOST = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab", "https://api.telnyx.com"
taker = Recorder("telnyx 4.189.0 (PyPI)", keep=["authorization", "content-type", "idempotency-key"])
client = Telnyx(api_key="KEY0123456789-fake-0000000", base_url=f"{taker.url}/v2", max_retries=0)
taker.reply(200, {"data": {"id": "40385f64-5717-4562-b3fc-2c963f66afa6"}})


def sent(name, **more):
    message = {"to": "+14155550123", "text": "Your code is 123456.", "type": "SMS", **more}
    client.messages.send(**message, idempotency_key="msg_transcript")
    taker.save(f"{name}.json", host=HOST)


sent("sent", from_="+14155550100")
sent("sent-name", from_="Example", messaging_profile_id=PROFILE)
sent("sent-pool", messaging_profile_id=PROFILE)
sent("unicode", from_="+14155550100", text="您的验证码是 123456")
sent("special-characters", from_="+14155550100", text=SPECIAL)
sent("callback", from_="+14155550100", webhook_url="https://otp.example.com/callbacks/production/telnyx/msg_1.00")

taker.reply(200, {"data": {"balance": "12.50", "currency": "USD"}})
client.balance.retrieve()
taker.save("account.json", host=HOST)
