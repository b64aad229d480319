"""What Vonage's own SDK for Python sends, for the transcripts of the same names."""

import time
import uuid
from pathlib import Path

from recorder import Recorder
from vonage import Auth, Vonage
from vonage_messages import Sms
from vonage_messages.models import SmsOptions
from vonage_sms import SmsMessage

NOW, KEY, SECRET = 1768478400, "abcd1234", "fake-secret-0000000"
SPECIAL = 'Code: 123456 + more & 100% = "ok"?\nÄ € #1'
SIGNING, URL = "fake-signature-secret-0000", "https://otp.example.com/callbacks/production/vonage/msg_1.00"
PRIVATE = Path("tests/vectors/keys/fake-rsa.pem").read_text()

time.time = lambda: NOW
import vonage_http_client.auth as signing  # noqa: E402
import vonage_jwt.jwt as tokens  # noqa: E402

signing.time = tokens.time = time.time
tokens.uuid4 = lambda: uuid.UUID(int=1)

taker = Recorder("vonage 4.9.1 (PyPI)")
taker.through_requests()
client = Vonage(Auth(api_key=KEY, api_secret=SECRET))

# The SMS API.
taker.reply(200, {"message-count": "1", "messages": [{"status": "0", "message-id": "0C000000217B7F01"}]})
message = {"from_": "Example", "to": "14155550123", "text": "Your code is 123456.", "ttl": 600000}


def sms(name, **more):
    client.sms.send(SmsMessage(**{**message, "client_ref": "msg_transcript", **more}))
    taker.save(f"{name}.json")


sms("sent")
sms("sent-number", from_="14155550100")
sms("unicode", text="Ваш код 123456", type="unicode")
sms("special-characters", text=SPECIAL)
sms("callback", callback=URL)
sms("india", to="919876543210", entity_id="1101456324675", content_id="1107158078772")

# Signed: through the SDK's own client, since its `sms.send` also signs the fields that it leaves out.
for method in ["md5", "sha1", "sha256", "sha512"]:
    signed = Vonage(Auth(api_key=KEY, signature_secret=SIGNING, signature_method=method)).http_client
    fields = {"from": "Example", "to": "14155550123", "text": "Your code is 123456.", "ttl": "600000"}
    signed.post(signed.rest_host, "/sms/json", {**fields, "client-ref": "msg_transcript"}, "signature", "form")
    taker.save(f"signed-{method}.json")

# The Messages API.
taker.reply(202, {"message_uuid": "aaaaaaaa-bbbb-4ccc-8ddd-000000000001"})
content = {"from_": "Example", "to": "14155550123", "text": "Your code is 123456.", "ttl": 600}


def messages(name, client=client, differs=None, **more):
    client.messages.send(Sms(**{**content, "client_ref": "msg_transcript", **more}))
    taker.save(f"{name}.json", differs=differs)


messages("messages")
messages("messages-special-characters", text=SPECIAL)
messages("messages-callback", webhook_url=URL, webhook_version="v1")
ids = SmsOptions(entity_id="1101456324675", content_id="1107158078772")
messages("messages-india", to="919876543210", sms=ids)
application = Vonage(Auth(application_id="aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab", private_key=PRIVATE))
why = {"/headers/authorization": "a token of other chance and a shorter life: the host makes it when the request leaves"}
messages("messages-application", application, why)

taker.reply(200, {"value": 3.14159, "autoReload": False})
client.account.get_balance()
taker.save("account.json")
