"""What Alibaba Cloud's own SDK for Python sends, for the transcripts of the same names.

The SDK's methods write an operation's parameters into the query, which is the connector's default. For the other mode the
core of the SDK is asked for the same operation with the same parameters in the body (`body-….json`), which no method of it
does: canonical request and signature are its own.
"""

from urllib.parse import parse_qsl, urlsplit

from alibabacloud_dypnsapi20170525.client import Client
from alibabacloud_dypnsapi20170525.models import SendSmsVerifyCodeRequest
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_tea_openapi.client import Client as Core
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions
from recorder import Recorder

taker = Recorder("alibabacloud-tea-openapi 0.4.6 (PyPI)")
taker.through_requests()
taker.reply(200, {"Code": "OK"})
Utils.get_nonce = staticmethod(lambda: "0" * 31 + "1")
Utils.get_timestamp = staticmethod(lambda: "2026-01-15T12:00:00Z")
# It is signed, and would name the machine.
Utils.get_user_agent = staticmethod(lambda _: "countersign")
KEY = {"access_key_id": "LTAI5tfakefakefakefakefa", "access_key_secret": "fake-secret-000000000000000000"}


def save(name):
    """What an SDK's method sent, and the same with its query in the body."""
    _, url, headers, _ = taker.taken[-1]
    taker.save(name)
    params = Params(
        action=headers["x-acs-action"], version=headers["x-acs-version"], protocol="HTTPS", pathname="/", method="POST",
        auth_type="AK", style="RPC", req_body_type="formData", body_type="json",
    )
    core = Core(Config(**KEY, endpoint=urlsplit(url).hostname))
    core.call_api(params, OpenApiRequest(body=dict(parse_qsl(urlsplit(url).query))), RuntimeOptions())
    taker.save(f"body-{name}")


client = Client(Config(**KEY, endpoint="dypnsapi.aliyuncs.com"))
code = {
    "country_code": "86", "phone_number": "13800138000", "sign_name": "速通互联验证码", "template_code": "100001",
    "out_id": "msg_transcript",
}
values = '{"code":"123456","min":"10"}'
client.send_sms_verify_code(SendSmsVerifyCodeRequest(**code, template_param=values))
save("sent.json")
told = '{"app":"\\"A&B\\" 商城","code":"123456","min":"10"}'
client.send_sms_verify_code(SendSmsVerifyCodeRequest(**code, template_param=told))
save("unicode.json")
client.send_sms_verify_code(SendSmsVerifyCodeRequest(**code, template_param=values, scheme_name="登录", interval=30))
save("sent-scheme.json")

# This one has no parameters.
StsClient(Config(**KEY, endpoint="sts.aliyuncs.com")).get_caller_identity()
taker.save("account.json")
