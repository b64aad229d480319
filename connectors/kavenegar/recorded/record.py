"""What Kavenegar's own SDK for Python sends, for the transcripts of the same names."""

from kavenegar import KavenegarAPI
from recorder import Recorder

taker = Recorder("kavenegar 1.1.2 (PyPI)")
taker.through_requests()
api = KavenegarAPI("FAKEKEY00000000000000000000000000")
# The SDK writes the charset into a header of its own.
differs = {"/headers/charset": "a header that does not exist; the form is UTF-8 anyway"}
taker.reply(200, {"return": {"status": 200, "message": "تایید شد"}, "entries": [{"messageid": 8792343}]})

api.sms_send({"sender": "10004346", "receptor": "09121234567", "message": "Your code is 123456."})
taker.save("sent.json", differs=differs)

api.sms_send({"receptor": "09121234567", "message": "Your code is 123456."})
taker.save("sent-default-line.json", differs=differs)

api.sms_send({"sender": "10004346", "receptor": "09121234567", "message": "کد شما ۱۲۳۴۵۶ است"})
taker.save("unicode.json", differs=differs)

api.sms_send({"sender": "10004346", "receptor": "09121234567", "message": "A+B & C=D 100%\nکد: 123456"})
taker.save("special-characters.json", differs=differs)

api.verify_lookup({"receptor": "09121234567", "template": "signin", "token": "123456"})
taker.save("template.json", differs=differs)

api.verify_lookup({
    "receptor": "09121234567", "template": "signin", "token": "123456", "token2": "10", "token10": "Acme Ltd",
})
taker.save("template-tokens.json", differs=differs)

api.account_info()
taker.save("account.json", differs=differs)
