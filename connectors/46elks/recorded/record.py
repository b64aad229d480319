"""What 46elks's own SDK for Python sends, for the transcripts of the same names."""

from elkme.elks import Elks
from recorder import Recorder

taker = Recorder("elkme 0.6.0 (PyPI)")
taker.through_requests()
taker.reply(200, {"id": "s70df59406a1b4643b96f3f91e0bfb7b0", "status": "created"})
client = Elks(("u" + "0" * 32, "fake-password-00000000"))
resource = {"/url": "the documentation writes `/a1/sms`, the SDK still `/a1/SMS`"}

client.send_sms("Your code is 123456.", "+46700000000", "ACME")
taker.save("sent.json", differs=resource)

client.send_sms("Your code is 123456.", "+46700000000", "+46766861004")
taker.save("sent-number.json", differs=resource)

client.send_sms("Ваш код 123456 & 50% + ✓", "+46700000000", "ACME")
taker.save("sent-unicode.json", differs=resource)

client.send_sms("Your code is 123456.", "+46700000000", "ACME", ["dontlog"])
taker.save("sent-dontlog.json", differs={
    **resource, "/form/dontlog": "the documentation writes `message`, the SDK still `yes`",
})

client.query_api(endpoint="me")
taker.save("account.json")
