"""What Alibaba Cloud's own SDK for Python sends, for the transcripts of the same names.

The SDK's clients write an operation's parameters into the query, where proxies log them; the gateway of this style of
API reads the body as well. So the core of the SDK is asked for the same operations with their parameters in the body:
canonical request and signature are its own.
"""

from alibabacloud_dypnsapi20170525.client import Client
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions
from recorder import Recorder

taker = Recorder("alibabacloud-tea-openapi 0.4.6 (PyPI)")
taker.through_requests()
Utils.get_nonce = staticmethod(lambda: "0" * 31 + "1")
Utils.get_timestamp = staticmethod(lambda: "2026-01-15T12:00:00Z")
# It is signed, and would name the machine.
Utils.get_user_agent = staticmethod(lambda _: "countersign")
KEY = {"access_key_id": "LTAI5tfakefakefakefakefa", "access_key_secret": "fake-secret-000000000000000000"}


def call(client, action, version, **fields):
    params = Params(
        action=action, version=version, protocol="HTTPS", pathname="/", method="POST", auth_type="AK", style="RPC",
        req_body_type="formData", body_type="json",
    )
    client.call_api(params, OpenApiRequest(body=fields), RuntimeOptions())


client = Client(Config(**KEY, endpoint="dypnsapi.aliyuncs.com"))
fields = {
    "CountryCode": "86", "PhoneNumber": "13800138000", "SignName": "速通互联验证码", "TemplateCode": "100001",
    "TemplateParam": '{"code":"123456","min":"10"}', "OutId": "msg_transcript",
}
taker.reply(200, {"Code": "OK"})
call(client, "SendSmsVerifyCode", "2017-05-25", **fields)
taker.save("sent.json")
call(client, "SendSmsVerifyCode", "2017-05-25", **fields, SchemeName="登录", Interval=30)
taker.save("sent-scheme.json")

# This one has no parameters: the SDK's own method.
StsClient(Config(**KEY, endpoint="sts.aliyuncs.com")).get_caller_identity()
taker.save("account.json")
