"""What Tencent Cloud's own SDK for Python sends, for the transcripts of the same names."""

import json
import time

from recorder import Recorder
from tencentcloud.common import abstract_client
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models
from tencentcloud.sms.v20210111.sms_client import SmsClient

taker = Recorder(
    "tencentcloud-sdk-python-sms 3.1.153 (PyPI)",
    keep=["authorization", "content-type", "x-tc-action", "x-tc-version", "x-tc-timestamp", "x-tc-region"],
)
taker.through_requests()
time.time = lambda: 1768478400.0
dumps = json.dumps


class Compact:
    """The signature covers the body's bytes; the SDK puts spaces into them, and other letters as escapes."""

    loads = staticmethod(json.loads)
    dumps = staticmethod(lambda value, **_: dumps(value, separators=(",", ":"), ensure_ascii=False))


abstract_client.json = Compact
client = SmsClient(Credential("AKIDfakefakefakefakefakefakefake0123", "fake-secret-0000000000000000"), "ap-guangzhou")


def send(client=client, **fields):
    request = models.SendSmsRequest()
    for name, value in {"SmsSdkAppId": "1400006666", "SessionContext": "msg_transcript", **fields}.items():
        setattr(request, name, value)
    client.SendSms(request)


taker.reply(200, {"Response": {"SendStatusSet": [], "RequestId": "r"}})
code = {"TemplateId": "449739", "TemplateParamSet": ["123456", "10"]}
send(PhoneNumberSet=["+8613800138000"], SignName="腾讯云", **code)
taker.save("sent-mainland.json")

overseas = {"PhoneNumberSet": ["+14155550123"], "TemplateParamSet": ["123456"]}
send(SmsSdkAppId="1400007777", TemplateId="1500001", SignName="ACME", SenderId="ACME", **overseas)
taker.save("sent-overseas.json")

singapore = SmsClient(
    Credential("AKIDfakefakefakefakefakefakefake0123", "fake-secret-0000000000000000"), "ap-singapore"
)
send(singapore, TemplateId="449739", **overseas)
taker.save("sent-region.json")

# The endpoint that the international site's own SDK has (tencentcloud-sdk-python-intl-en 3.1.193), which can't be installed
# beside this one.
international = SmsClient(
    Credential("AKIDfakefakefakefakefakefakefake0123", "fake-secret-0000000000000000"), "ap-singapore",
    ClientProfile(httpProfile=HttpProfile(endpoint="sms.intl.tencentcloudapi.com")),
)
send(international, TemplateId="449739", SenderId="ACME", **overseas)
taker.save("sent-international.json")
send(TemplateId="449739", TemplateParamSet=['a+b & "c"\n你好'], PhoneNumberSet=["+8613800138000"], SignName="腾讯云")
taker.save("unicode-value.json")

taker.reply(200, {"Response": {"SendStatusStatistics": {}, "RequestId": "r"}})
request = models.SendStatusStatisticsRequest()
request.SmsSdkAppId, request.Limit, request.Offset = "1400006666", 0, 0
request.BeginTime, request.EndTime = "2026011412", "2026011512"
international.SendStatusStatistics(request)
taker.save("account-international.json")

taker.reply(200, {"Response": {"SmsPackagesStatisticsSet": [], "RequestId": "r"}})
request = models.SmsPackagesStatisticsRequest()
request.SmsSdkAppId, request.Limit, request.Offset = "1400006666", 100, 0
request.BeginTime, request.EndTime = "2024011612", "2026011511"
client.SmsPackagesStatistics(request)
taker.save("account.json")
