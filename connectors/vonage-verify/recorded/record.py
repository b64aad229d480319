"""What Vonage's own SDK for Python sends, for the transcripts of the same names."""

import uuid
from pathlib import Path

import vonage_jwt.jwt as tokens
from recorder import Recorder
from vonage import Auth, Vonage
from vonage_verify import SmsChannel, VerifyRequest

KEY, SECRET = "abcd1234", "fake-secret-0000000"
PRIVATE = Path("tests/vectors/keys/fake-rsa.pem").read_text()
ID = "aaaaaaaa-bbbb-4ccc-8ddd-000000000001"

# So that the same token is made each time.
tokens.time = lambda: 1768478400
tokens.uuid4 = lambda: uuid.UUID(int=1)

taker = Recorder("vonage 4.9.1 (PyPI)")
taker.through_requests()
client = Vonage(Auth(api_key=KEY, api_secret=SECRET))


def start(name, client=client, differs=None, sms=None, **more):
    taker.reply(202, {"request_id": ID})
    channel = SmsChannel(**{"to": "14155550123", **(sms or {})})
    asked = VerifyRequest(**{"brand": "Example", "locale": "en-us", "channel_timeout": 600, "workflow": [channel], **more})
    client.verify.start_verification(asked)
    taker.save(f"{name}.json", differs=differs)


start("started")
start("started-code-length", code_length=8)
start("started-name", sms={"from_": "Example"})
start("started-number", sms={"from_": "14155550100"})
start("started-app-hash", sms={"app_hash": "FA+9qCX9VSu"})
start("india", sms={"to": "919876543210", "entity_id": "1101456324675", "content_id": "1107158078772"})
start("started-short-life", channel_timeout=31)
start("started-shortest-life", channel_timeout=15)
start("started-long-life", channel_timeout=900)
everything = {
    "to": "919876543210", "from_": "Example", "app_hash": "FA+9qCX9VSu",
    "entity_id": "1101456324675", "content_id": "1107158078772",
}
start("started-with-everything", sms=everything, locale="hi-in", code_length=8, channel_timeout=300)
application = Vonage(Auth(application_id="aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab", private_key=PRIVATE))
why = {"/headers/authorization": "a token of other chance and a shorter life: the host makes it when the request leaves"}
start("started-application", application, why)

taker.reply(200, {"request_id": ID, "status": "completed"})
client.verify.check_code(ID, "123456")
taker.save("approved.json")

taker.reply(200, {"value": 3.14159, "autoReload": False})
client.account.get_balance()
taker.save("account.json")
