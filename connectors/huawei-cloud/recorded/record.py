"""What Huawei Cloud's own SDK for Python sends, for the transcripts of the same names."""

from datetime import datetime

from huaweicloudsdkcore.signer import signer
from huaweicloudsdksmsapi.v1 import BatchSendSmsRequest, BatchSendSmsRequestBody, SMSApiClient
from huaweicloudsdksmsapi.v1.smsapi_credentials import SMSApiCredentials
from recorder import Recorder

taker = Recorder(
    "huaweicloudsdksmsapi 3.1.219 (PyPI)",
    keep=["authorization", "content-type", "user-agent", "x-sdk-content-sha256", "x-sdk-date"],
)
taker.through_requests()


class Noon(datetime):
    @classmethod
    def utcnow(cls):
        return cls(2026, 1, 15, 12)


signer.datetime = Noon
sign = signer.Signer.sign


def nameless(self, request):
    # It is signed, and would name the machine.
    request.header_params["User-Agent"] = "countersign"
    return sign(self, request)


signer.Signer.sign = nameless
taker.reply(200, {"code": "000000", "description": "Success"})


def send(name, region="cn-north-4", **fields):
    credentials = SMSApiCredentials("fake8RWg3ggEcyd4D3p94bf3Y7x1", "fake-secret-0000000000000000")
    endpoint = f"https://smsapi.{region}.myhuaweicloud.com"
    client = SMSApiClient.new_builder().with_credentials(credentials).with_endpoint(endpoint).build()
    body = BatchSendSmsRequestBody(
        to="+8613800138000", template_id="8ff55eac1d0b478ab3c06c3c6a492300", extend="msg_transcript", **fields
    )
    client.batch_send_sms(BatchSendSmsRequest(body=body))
    taker.save(name)


send("sent.json", _from="8824110605848", template_paras='["123456"]', signature="华为云短信测试")
send(
    "sent-callback.json", _from="8824110605848", template_paras='["123456","10"]', signature="华为云短信测试",
    status_callback="https://otp.example.com/callbacks/production/huawei-cloud/token",
)
send("sent-region.json", "ap-southeast-1", _from="isms0000000001", template_paras='["123456"]')
