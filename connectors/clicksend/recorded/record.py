"""What ClickSend's own SDK for Python sends, for the transcripts of the same names."""

import clicksend
from clicksend.api.sms_api import SmsApi
from clicksend.api.statistics_api import StatisticsApi
from recorder import Recorder

HOST = "https://rest.clicksend.com"
taker = Recorder("clicksend-client 6.0.2 (PyPI)")
login = {"username": "acme", "password": "FAKE0000-0000-0000-0000-000000000000"}
client = clicksend.ApiClient(clicksend.Configuration(host=taker.url, **login))
differs = {"/json/messages/0/source": "names the SDK, and the API can do without"}
taker.reply(200, {"http_code": 200, "response_code": "SUCCESS", "response_msg": "", "data": {}})


def send(name, text="Your code is 123456.", **more):
    message = clicksend.SendSmsRequestMessagesInner(
        to="+61411111111", body=text, custom_string="msg_transcript", **more
    )
    SmsApi(client).send_sms(send_sms_request=clicksend.SendSmsRequest(messages=[message]))
    taker.save(f"{name}.json", host=HOST, differs=differs)


send("sent", var_from="ACME")
send("sent-number", var_from="+61400000001")
send("sent-shared")
send("special-characters", "A+B & C=D 100%\nYour code is 123456.", var_from="ACME")
send("unicode", text="您的验证码是 123456 ✓", var_from="ACME")

StatisticsApi(client).view_sms_statistics()
taker.save("account.json", host=HOST)
