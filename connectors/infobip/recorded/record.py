"""What Infobip's own SDK for Python sends, for the transcripts of the same names."""

from infobip_api_client import ApiClient, Configuration, models
from infobip_api_client.api.sms_api import SmsApi
from recorder import Recorder

SPECIAL = 'Code: 123456 + more & 100% = "ok"?\nÄ € #1'
HOST = "https://abc123.api.infobip.com"
taker = Recorder("infobip-api-python-client 6.0.0 (PyPI)", keep=["authorization", "content-type"])
api = SmsApi(ApiClient(Configuration(host=taker.url, api_key="fake-key-0000000000000000")))
taker.reply(200, {"bulkId": "1", "messages": [{"messageId": "msg_transcript"}]})


def sent(name, to="14155550123", text="Your code is 123456.", sender="Example", regional=None, url=None):
    message = models.SmsMessage(
        sender=sender,
        destinations=[models.SmsDestination(to=to, message_id="msg_transcript")],
        content=models.SmsMessageContent(models.SmsTextContent(text=text)),
        options=models.SmsMessageOptions(
            validity_period=models.ValidityPeriod(amount=600, time_unit="SECONDS"),
            regional=regional,
        ),
        webhooks=models.SmsWebhooks(
            content_type="application/json",
            callback_data="msg_transcript",
            delivery=models.SmsMessageDeliveryReporting(url=url) if url else None,
        ),
    )
    options = models.SmsMessageRequestOptions(include_sms_count_in_response=True)
    api.send_sms_messages(sms_request=models.SmsRequest(messages=[message], options=options))
    taker.save(f"{name}.json", host=HOST)


sent("sent")
sent("sent-number", sender="14155550100")
sent("unicode", text="您的验证码是 123456")
sent("special-characters", text=SPECIAL)
sent("callback", url="https://otp.example.com/callbacks/production/infobip/msg_1.00")
ids = {"principal_entity_id": "1101456324675", "content_template_id": "1107158078772", "telemarketer_id": "1202"}
india = models.SmsRegionalOptions(india_dlt=models.SmsIndiaDltOptions(**ids))
sent("india", to="919876543210", sender="EXAMPL", regional=india)
