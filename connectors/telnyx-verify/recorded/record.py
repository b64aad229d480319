"""What Telnyx's own SDK for Python sends, for the transcripts of the same names."""

from recorder import Recorder
from telnyx import Telnyx

PROFILE, ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab", "12ade33a-21c0-473b-b055-b3c836e1c292"
HOST, TO = "https://api.telnyx.com", "+14155550123"
taker = Recorder("telnyx 4.189.0 (PyPI)", keep=["authorization", "content-type"])
client = Telnyx(api_key="KEY0123456789-fake-0000000", base_url=f"{taker.url}/v2", max_retries=0)

taker.reply(200, {"data": {"id": ID}})
client.verifications.trigger_sms(phone_number=TO, verify_profile_id=PROFILE, timeout_secs=600)
taker.save("started.json", host=HOST)
client.verifications.trigger_sms(phone_number=TO, verify_profile_id=PROFILE, timeout_secs=30)
taker.save("started-short-life.json", host=HOST)
client.verifications.trigger_sms(phone_number=TO, verify_profile_id=PROFILE, timeout_secs=3600)
taker.save("started-long-life.json", host=HOST)

taker.reply(200, {"data": {"phone_number": TO, "response_code": "accepted"}})
client.verifications.actions.verify(ID, code="123456")
taker.save("approved.json", host=HOST)
client.verifications.by_phone_number.actions.verify(TO, code="123456", verify_profile_id=PROFILE)
taker.save("approved-by-number.json", host=HOST)

taker.reply(200, {"data": {"balance": "12.50", "currency": "USD"}})
client.balance.retrieve()
taker.save("account.json", host=HOST)
