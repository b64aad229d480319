"""What Alibaba Cloud's own SDK for Python sends, for the transcripts of the same names.

The SDK's methods write an operation's parameters into the query, which is the connector's default. For the other mode the
core of the SDK is asked for the same operation with the same parameters in the body (`body-….json`), which no method of it
does: canonical request and signature are its own.
"""

from urllib.parse import parse_qsl, urlsplit

from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import SendSmsRequest
from alibabacloud_dysmsapi20180501.client import Client as GlobeClient
from alibabacloud_dysmsapi20180501.models import SendMessageToGlobeRequest, SendMessageWithTemplateRequest
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


aliyun = Client(Config(**KEY, region_id="cn-hangzhou"))
template = {"sign_name": "阿里云短信测试", "template_param": '{"code":"123456"}', "out_id": "msg_transcript"}
aliyun.send_sms(SendSmsRequest(phone_numbers="13800138000", template_code="SMS_154950909", **template))
save("sent-mainland.json")
aliyun.send_sms(SendSmsRequest(phone_numbers="85251234567", template_code="SMS_250000001", **template))
save("sent-outside-template.json")


def text(message):
    return SendMessageToGlobeRequest(
        to="14155550123", message=message, from_="ACME", type="OTP", task_id="msg_transcript", validity_period=600,
    )


globe = GlobeClient(Config(**KEY, endpoint="dysmsapi.aliyuncs.com"))
globe.send_message_to_globe(text("Your code is 123456."))
save("sent-text.json")
globe.send_message_to_globe(text("您的验证码是 123456 🔐"))
save("unicode.json")
# How its URL is written, beside the query that it signs.
globe.send_message_to_globe(text("Code: 123456 (~10 min) *new* 'a+b' & 50%20 / \"x\"!"))
taker.save("punctuation.json")
singapore = GlobeClient(Config(**KEY, region_id="ap-southeast-1"))
singapore.send_message_to_globe(text("Your code is 123456."))
save("sent-text-region.json")
singapore.send_message_with_template(
    SendMessageWithTemplateRequest(
        to="8613800138000", from_="阿里云短信测试", template_code="SMS_154950909",
        template_param='{"code":"123456"}', validity_period=600,
    )
)
save("sent-mainland-region.json")

# This one has no parameters.
StsClient(Config(**KEY, endpoint="sts.aliyuncs.com")).get_caller_identity()
taker.save("account.json")
