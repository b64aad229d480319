"""What AWS's own SDK for Python sends, and how it signs it, for the transcripts of the same names."""

import datetime
import json

import botocore.auth
import botocore.serialize
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session

from recorder import Recorder

taker = Recorder("botocore 1.44.8 (PyPI)")


class Raw:
    def __init__(self, body):
        self.body = body

    def stream(self, *_, **__):
        yield self.body


class Compact:
    """JSON without spaces and escapes: the same document as the SDK's, in the bytes that the connector has signed."""

    @staticmethod
    def dumps(value):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def send(_session, request):
    # These count the SDK's own retries, and no signature covers them.
    headers = {k: v for k, v in request.headers.items() if not k.lower().startswith("amz-sdk-")}
    taker.take(request.method, request.url, headers, request.body)
    status, headers, body = taker.answer
    return AWSResponse(request.url, status, headers, Raw(body))


URLLib3Session.send = send
botocore.auth.get_current_datetime = lambda: datetime.datetime(2026, 1, 15, 12)
botocore.serialize.json = Compact


def client(region="eu-central-1", key="AKIAFAKEFAKEFAKEFAKE", token=None):
    return botocore.session.Session().create_client(
        "pinpoint-sms-voice-v2", region_name=region, aws_access_key_id=key,
        aws_secret_access_key="fake/Secret+Access/Key0123456789abcdefgh", aws_session_token=token,
    )


def send_text(name, client=client(), to="+14155550123", body="Your code is 123456.", identity="+12065550100", **more):
    sender = {"OriginationIdentity": identity} if identity else {}
    set_and_price = {key: more.pop(key) for key in ("ConfigurationSetName", "MaxPrice") if key in more}
    taker.reply(200, {"MessageId": "m-1"}, content_type="application/x-amz-json-1.0")
    client.send_text_message(
        DestinationPhoneNumber=to, **sender, MessageBody=body, MessageType="TRANSACTIONAL", **set_and_price,
        TimeToLive=600, Context={"reference": "msg_transcript"}, **more,
    )
    taker.save(name)


send_text("sent-number.json")
send_text("sent-alphanumeric.json", identity="ACME")
send_text("sent-pool.json", identity="pool-78ec067f62f94d57bd3bab991example")
send_text("sent-any.json", identity=None)
send_text("sent-region.json", client("us-gov-west-1"))
send_text("sent-temporary.json", client(key="ASIAFAKEFAKEFAKEFAKE", token="fakeSessionToken+0123456789/abcdefgh=="))
send_text("unicode.json", body="Ihr Code lautet 123456 – gültig fünf Minuten 🔑")
send_text(
    "sent-options.json", ConfigurationSetName="otp", MaxPrice="0.50",
    ProtectConfigurationId="protect-e98fb5dbf6d74ba4a4ef78ee8example",
)
send_text(
    "sent-india.json", to="+919876543210", identity="ACMEIN",
    DestinationCountryParameters={"IN_ENTITY_ID": "1101234567890123456", "IN_TEMPLATE_ID": "1107654321098765432"},
)
send_text(
    "sent-everything.json", client("ap-south-1"), to="+919876543210", identity="ACMEIN",
    body="Code: 1+1 & 2=3? 100 %;\n„grün“ ~*'\"<>/ 🔑", ConfigurationSetName="otp", MaxPrice="0.50",
    DestinationCountryParameters={"IN_ENTITY_ID": "1101234567890123456", "IN_TEMPLATE_ID": "1107654321098765432"},
    ProtectConfigurationId="protect-e98fb5dbf6d74ba4a4ef78ee8example",
)

taker.reply(200, {"AccountAttributes": []}, content_type="application/x-amz-json-1.0")
client().describe_account_attributes()
taker.save("account.json")
