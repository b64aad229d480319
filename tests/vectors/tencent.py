"""Tencent Cloud's SendSms: TC3-HMAC-SHA256, and the earlier signature that stands in the form."""

import urllib3
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.sms.v20210111 import models, sms_client

import versions
import wire

SECRETS = {"secret_key": "fakeSecretKey0123456789abcdefghi"}
CONFIG = {
    "secret_id": "AKIDfakefakefakefakefakefakefake0123",
    "region": "ap-guangzhou",
    "app_id": "1400006666",
    "sign_name": "Countersign",
    "template_id": "449739",
    "code": "123456",
    "request_client": f"SDK_PYTHON_{versions.of('tencentcloud-sdk-python-sms')}",
}


def send_sms(method):
    wire.redirect(urllib3.connection.HTTPSConnection)
    profile = ClientProfile(signMethod=method)
    client = sms_client.SmsClient(Credential(CONFIG["secret_id"], SECRETS["secret_key"]), CONFIG["region"], profile)
    request = models.SendSmsRequest()
    request.PhoneNumberSet = [wire.TO]
    request.SmsSdkAppId = CONFIG["app_id"]
    request.TemplateId = CONFIG["template_id"]
    request.SignName = CONFIG["sign_name"]
    request.TemplateParamSet = [CONFIG["code"], "10"]
    answer = '{"Response": {"SendStatusSet": [], "RequestId": "r_1"}}'
    ignored = {
        "x-tc-traceid": "a number for tracing",
        "x-tc-requestclient": "names the SDK",
    }
    recorded = wire.record(lambda: client.SendSms(request), (200, "application/json", answer), ignored)
    made_by = f"tencentcloud-sdk-python-sms {versions.of('tencentcloud-sdk-python-sms')}: SendSms, {method}"
    return wire.vector(made_by, CONFIG, SECRETS, recorded)


VECTORS = {"tc3": lambda: send_sms("TC3-HMAC-SHA256"), "tencent-form": lambda: send_sms("HmacSHA256")}
