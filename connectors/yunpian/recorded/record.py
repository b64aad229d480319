"""What Yunpian's own SDK for Python sends, for the transcripts of the same names."""

from urllib.parse import urlencode

from recorder import Recorder
from yunpian_python_sdk.ypclient import YunpianClient

taker = Recorder("yunpian-python-sdk 1.0.0 (PyPI)", keep=["content-type"])
taker.through_requests()
KEY = "fake-key-000000000000000000000000"
client = YunpianClient(KEY)

taker.reply(200, {"code": 0})
client.sms().single_send({"mobile": "13800138000", "text": "【云片网】您的验证码是123456"})
taker.save("sent-mainland.json")

client.sms().single_send(
    {
        "mobile": "+14155550123", "text": "【云片网】Your code is 123456.", "uid": "msg_transcript",
        "callback_url": "https://otp.example.com/callbacks/production/yunpian/token",
    }
)
taker.save("sent-callback.json")

client.sms().tpl_single_send({"mobile": "13800138000", "tpl_id": "1", "tpl_value": urlencode({"#code#": "123456"})})
taker.save("sent-template.json")

YunpianClient(KEY, {"yp.sms.host": "https://us.yunpian.com"}).sms().single_send(
    {"mobile": "+14155550123", "text": "【云片网】Your code is 123456."}
)
taker.save("sent-us.json")

client.user().get()
taker.save("account.json")
