"""What Plivo's own SDK for Python sends, for the transcripts of the same names."""

import plivo
from recorder import Recorder

taker = Recorder("plivo 4.63.0 (PyPI)")
taker.through_requests()
client = plivo.RestClient("MA000000000000000000", "fake-token-00000000000000")
taker.reply(202, {"message": "message(s) queued", "message_uuid": ["db3ce55a-7f1d-11e1-8ea7-1231380bc196"], "api_id": "x"})
DEFAULTS = {"/json/trackable": "the SDK writes Plivo's default out"}
SPECIAL = 'Code: 123456 + more & 100% = "ok"?\nÄ € #1'
METHOD = {"/json/method": "the SDK writes Plivo's default out, also where there is no address"}


def sent(name, differs, dst="14155550123", text="Your code is 123456.", **more):
    client.messages.create(dst=dst, text=text, message_expiry=600, **more)
    taker.save(f"{name}.json", differs={**DEFAULTS, **differs})


sent("sent", METHOD, src="14155550100")
sent("sent-name", METHOD, src="Example")
sent("sent-powerpack", METHOD, powerpack_uuid="aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab")
sent("unicode", METHOD, src="14155550100", text="您的验证码是 123456")
sent("special-characters", METHOD, src="14155550100", text=SPECIAL)
sent("callback", {}, src="14155550100", url="https://otp.example.com/callbacks/production/plivo/msg_1.00")
sent("no-log", METHOD, src="14155550100", log="false")
ids = {"dlt_entity_id": "1101456324675", "dlt_template_id": "1107158078772", "dlt_template_category": "transactional"}
sent("india", METHOD, dst="919876543210", src="EXAMPL", **ids)

taker.reply(200, {"auth_id": "MA000000000000000000", "cash_credits": "12.50", "name": "Example"})
client.account.get()
taker.save("account.json")
