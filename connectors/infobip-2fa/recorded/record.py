"""What Infobip's own SDK for Python sends, for the transcripts of the same names."""

from infobip_api_client import ApiClient, Configuration, models
from infobip_api_client.api.tfa_api import TfaApi
from recorder import Recorder

HOST, PIN = "https://abc123.api.infobip.com", "9C817C6F8AF3D48F9FE553282AFA2B67"
taker = Recorder("infobip-api-python-client 6.0.0 (PyPI)", keep=["authorization", "content-type"])
api = TfaApi(ApiClient(Configuration(host=taker.url, api_key="fake-key-0000000000000000")))


def start(name, **more):
    taker.reply(200, {"pinId": PIN, "to": "14155550123", "smsStatus": "MESSAGE_SENT"})
    asked = {"application_id": "1234567", "message_id": "7654321", "to": "14155550123", **more}
    api.send_tfa_pin_code_over_sms(
        tfa_start_authentication_request=models.TfaStartAuthenticationRequest(**asked), nc_needed=None
    )
    taker.save(f"{name}.json", host=HOST)


start("started")
start("started-name", var_from="Example")
start("started-number", var_from="14155550100")

api.resend_tfa_pin_code_over_sms(pin_id=PIN, tfa_resend_pin_request=models.TfaResendPinRequest())
taker.save("resent.json", host=HOST)

taker.reply(200, {"pinId": PIN, "msisdn": "14155550123", "verified": True, "attemptsRemaining": 0})
api.verify_tfa_phone_number(pin_id=PIN, tfa_verify_pin_request=models.TfaVerifyPinRequest(pin="123456"))
taker.save("approved.json", host=HOST)

taker.reply(200, {"applicationId": "1234567", "name": "Example", "enabled": True})
api.get_tfa_application(app_id="1234567")
taker.save("account.json", host=HOST)
