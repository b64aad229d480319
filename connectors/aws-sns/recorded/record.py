"""What AWS's own SDK for Python sends, and how it signs it, for the transcripts of the same names."""

import datetime

import botocore.auth
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


def send(_session, request):
    # These count the SDK's own retries, and no signature covers them.
    headers = {k: v for k, v in request.headers.items() if not k.lower().startswith("amz-sdk-")}
    taker.take(request.method, request.url, headers, request.body)
    status, headers, body = taker.answer
    return AWSResponse(request.url, status, headers, Raw(body))


URLLib3Session.send = send
botocore.auth.get_current_datetime = lambda: datetime.datetime(2026, 1, 15, 12)
text = lambda value, kind="String": {"DataType": kind, "StringValue": value}
KIND = {"AWS.SNS.SMS.SMSType": text("Transactional")}
ANSWER = """<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m-1</MessageId>
</PublishResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></PublishResponse>"""
STATUS = """<GetSMSSandboxAccountStatusResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
<GetSMSSandboxAccountStatusResult><IsInSandbox>false</IsInSandbox></GetSMSSandboxAccountStatusResult>
</GetSMSSandboxAccountStatusResponse>"""


def client(region="eu-central-1", key="AKIAFAKEFAKEFAKEFAKE", token=None):
    return botocore.session.Session().create_client(
        "sns", region_name=region, aws_access_key_id=key,
        aws_secret_access_key="fake/Secret+Access/Key0123456789abcdefgh", aws_session_token=token,
    )


def publish(name, attributes=None, client=client(), to="+14155550123", body="Your code is 123456."):
    taker.reply(200, ANSWER, content_type="text/xml")
    client.publish(PhoneNumber=to, Message=body, MessageAttributes=KIND | (attributes or {}))
    taker.save(name)


publish("sent.json")
publish("sent-number.json", {"AWS.MM.SMS.OriginationNumber": text("+12065550100")})
publish("sent-alphanumeric.json", {"AWS.SNS.SMS.SenderID": text("ACME")})
publish("sent-max-price.json", {"AWS.SNS.SMS.MaxPrice": text("0.50", "Number")})
publish("sent-region.json", client=client("us-gov-west-1"))
publish("sent-temporary.json", client=client(key="ASIAFAKEFAKEFAKEFAKE", token="fakeSessionToken+0123456789/abcdefgh=="))
publish("unicode.json", body="Ihr Code lautet 123456 – gültig fünf Minuten 🔑")
publish("sent-india.json", {
    "AWS.SNS.SMS.SenderID": text("ACMEIN"),
    "AWS.MM.SMS.EntityId": text("1101234567890123456"),
    "AWS.MM.SMS.TemplateId": text("1107654321098765432"),
}, to="+919876543210")

publish("sent-everything.json", {
    "AWS.SNS.SMS.SenderID": text("ACMEIN"),
    "AWS.SNS.SMS.MaxPrice": text("0.50", "Number"),
    "AWS.MM.SMS.EntityId": text("1101234567890123456"),
    "AWS.MM.SMS.TemplateId": text("1107654321098765432"),
}, client("ap-south-1"), "+919876543210", "Code: 1+1 & 2=3? 100 %;\n„grün“ ~*'\"<>/ 🔑")

taker.reply(200, STATUS, content_type="text/xml")
client().get_sms_sandbox_account_status()
taker.save("account.json")
