"""Alibaba Cloud's SendSms: ACS3-HMAC-SHA256 in a header, and the earlier HMAC-SHA1 in the query."""

import urllib3
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import SendSmsRequest
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_tea_openapi.utils_models import Config
from aliyunsdkcore.auth.composer import rpc_signature_composer
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest
from aliyunsdkcore.vendored.requests.packages.urllib3 import connection as vendored

import versions
import wire

SECRETS = {"access_key_secret": "fakeAccessKeySecret0123456789a"}
CONFIG = {
    "access_key_id": "LTAIfakefakefakefakefake",
    "region": "cn-hangzhou",
    "sign_name": "阿里云短信测试",
    "template_code": "SMS_154950909",
    "template_param": '{"code":"123456"}',
}
ANSWER = (200, "application/json", '{"Code": "OK", "Message": "OK", "BizId": "p_1", "RequestId": "r_1"}')


def acs3():
    wire.redirect(urllib3.connection.HTTPSConnection)
    Utils.get_nonce = staticmethod(lambda: wire.NONCE)
    # It is signed, and would name the machine.
    Utils.get_user_agent = staticmethod(lambda _: "countersign")
    client = Client(
        Config(
            access_key_id=CONFIG["access_key_id"],
            access_key_secret=SECRETS["access_key_secret"],
            endpoint="dysmsapi.aliyuncs.com",
        )
    )
    request = SendSmsRequest(
        phone_numbers=wire.TO,
        sign_name=CONFIG["sign_name"],
        template_code=CONFIG["template_code"],
        template_param=CONFIG["template_param"],
    )
    recorded = wire.record(lambda: client.send_sms(request), ANSWER)
    made_by = f"alibabacloud-dysmsapi20170525 {versions.of('alibabacloud-dysmsapi20170525')}: send_sms"
    return wire.vector(made_by, CONFIG, SECRETS, recorded)


def rpc():
    wire.redirect(vendored.HTTPSConnection, vendored.VerifiedHTTPSConnection)
    rpc_signature_composer.helper.get_uuid = lambda: wire.NONCE
    client = AcsClient(CONFIG["access_key_id"], SECRETS["access_key_secret"], CONFIG["region"])
    request = CommonRequest()
    request.set_method("POST")
    request.set_protocol_type("https")
    request.set_domain("dysmsapi.aliyuncs.com")
    request.set_version("2017-05-25")
    request.set_action_name("SendSms")
    for name, value in (
        ("PhoneNumbers", wire.TO),
        ("SignName", CONFIG["sign_name"]),
        ("TemplateCode", CONFIG["template_code"]),
        ("TemplateParam", CONFIG["template_param"]),
    ):
        request.add_query_param(name, value)
    ignored = {
        "x-sdk-client": "names the SDK",
        "x-sdk-invoke-type": "names the SDK's kind of request",
        "x-acs-action": "repeats the query, and no signature covers it",
        "x-acs-version": "repeats the query, and no signature covers it",
    }
    recorded = wire.record(lambda: client.do_action_with_exception(request), ANSWER, ignored)
    made_by = f"aliyun-python-sdk-core {versions.of('aliyun-python-sdk-core')}: SendSms"
    return wire.vector(made_by, CONFIG, SECRETS, recorded)


VECTORS = {"acs3": acs3, "aliyun-rpc": rpc}
