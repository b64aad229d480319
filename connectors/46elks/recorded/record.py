"""What 46elks's own SDK for Python sends, for the transcripts of the same names."""

from elkme.elks import Elks
from recorder import Recorder

taker = Recorder("elkme 0.6.0 (PyPI)")
taker.through_requests()
taker.reply(200, {"id": "s70df59406a1b4643b96f3f91e0bfb7b0", "status": "created"})
# Left to itself it writes `/a1/SMS`, which is the same to 46elks; the documentation writes `/a1/sms`.
client = Elks(("u" + "0" * 32, "fake-password-00000000"), "https://api.46elks.com/a1")

client.query_api(client.format_sms_payload("Your code is 123456.", "+46700000000", "ACME"), endpoint="sms")
taker.save("sent.json")

client.query_api(client.format_sms_payload("Your code is 123456.", "+46700000000", "+46766861004"), endpoint="sms")
taker.save("sent-number.json")

client.query_api(client.format_sms_payload("Your code is 123456.", "+46700000000", "ACME", ["dontlog"]), endpoint="sms")
taker.save("sent-dontlog.json", differs={"/form/dontlog": "the documentation writes `message`, the SDK still `yes`"})

client.query_api(endpoint="me")
taker.save("account.json")
