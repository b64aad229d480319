"""What Sinch's own SDK for Python sends, for the transcripts of the same names."""

from datetime import datetime, timezone

from recorder import Recorder
from sinch import SinchClient

SPECIAL = 'Code: 123456 + more & 100% = "ok"?\nÄ € #1'
PLAN, TOKEN = "0" * 32, "fake-token-0000000"
taker = Recorder("sinch 2.3.0 (PyPI)", keep=["authorization", "content-type"])
taker.through_requests()
expiry = datetime(2026, 1, 15, 12, 10, tzinfo=timezone.utc)
batch = {"id": "01FC66621VHDBN119Z8PMV1QPU", "type": "mt_text"}


def client(region="eu"):
    return SinchClient(service_plan_id=PLAN, sms_api_token=TOKEN, sms_region=region)


def sent(name, client=client(), from_="Example", body="Your code is 123456.", **more):
    fixed = {"to": ["+14155550123"], "expire_at": expiry, "client_reference": "msg_transcript"}
    client.sms.batches.send_sms(from_=from_, body=body, **fixed, **more)
    taker.save(f"{name}.json")


taker.reply(201, batch)
sent("sent")
sent("sent-number", from_="+14155550100")
sent("unicode", body="您的验证码是 123456")
sent("special-characters", body=SPECIAL)
sent("region-us", client("us"))
url = "https://otp.example.com/callbacks/production/sinch/msg_1.00"
sent("callback", delivery_report="per_recipient", event_destination_target=url)

# One answer has both the token and the batch in it: the SDK asks for the one, then for the other.
token = {"access_token": "fake-access-token-0000", "expires_in": 3599, "scope": "", "token_type": "bearer"}
taker.reply(201, {**batch, **token})
key = {"key_id": "11111111-2222-4333-8444-555555555555", "key_secret": "fake-key-secret-000000"}
sent("project", SinchClient(**key, project_id="aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab", sms_region="eu"))

taker.reply(200, {"count": 0, "page": 0, "page_size": 0, "groups": []})
client().sms.groups.list(page=0, page_size=1)
taker.save("account.json")
