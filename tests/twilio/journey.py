"""Twilio's Python SDK against this service: the base URL is the only difference. Fails by an assertion."""

import json
import sys
import urllib.request
from datetime import datetime

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

url, account_sid, auth_token, service_sid, admin_key = sys.argv[1:]

client = Client(account_sid, auth_token)
client.verify.base_url = url
client.api.base_url = url

NUMBER, OTHER = "+14155550123", "+14155550124"


def inbox():
    request = urllib.request.Request(f"{url}/v1/environments/development/inbox")
    request.add_header("authorization", f"Bearer {admin_key}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return json.load(opener.open(request))["items"]


def code():
    return "".join(c for c in inbox()[0]["text"] if c.isdigit())[:6]


def fails(status, number, call):
    try:
        call()
    except TwilioRestException as error:
        assert (error.status, error.code) == (status, number), (error.status, error.code, error.msg)
    else:
        raise AssertionError(f"{number} was expected")


verify = client.verify.v2.services(service_sid)

# a code: sent, wrong, sent again, right, gone
made = verify.verifications.create(to=NUMBER, channel="sms", locale="en")
assert (made.status, made.valid, made.to, made.channel) == ("pending", False, NUMBER, "sms")
assert isinstance(made.date_created, datetime) and made.sid.startswith("VE") and len(made.sid) == 34
first = code()
check = verify.verification_checks.create(to=NUMBER, code="000000" if first != "000000" else "000001")
assert (check.status, check.valid) == ("pending", False)
again = verify.verifications.create(to=NUMBER, channel="sms")
assert again.sid == made.sid and len(again.send_code_attempts) == 2 and code() == first
assert verify.verifications(made.sid).fetch().status == "pending"
assert verify.verifications(NUMBER).fetch().sid == made.sid
check = verify.verification_checks.create(to=NUMBER, code=first)
assert (check.status, check.valid, check.sid) == ("approved", True, made.sid)
fails(404, 20404, lambda: verify.verification_checks.create(to=NUMBER, code=first))
fails(404, 20404, lambda: verify.verifications(made.sid).fetch())

# canceled, by its caller
other = verify.verifications.create(to=OTHER, channel="sms")
assert verify.verifications(other.sid).update(status="canceled").status == "canceled"
fails(404, 20404, lambda: verify.verification_checks.create(verification_sid=other.sid, code=code()))

# errors, in the exception that programs catch
fails(400, 60200, lambda: verify.verifications.create(to="+1", channel="sms"))
fails(400, 60223, lambda: verify.verifications.create(to=NUMBER, channel="call"))
fails(403, 60204, lambda: verify.verifications.create(to=NUMBER, channel="sms", custom_code="1234"))
for _ in range(3):
    verify.verifications.create(to=NUMBER, channel="sms")
fails(429, 60203, lambda: verify.verifications.create(to=NUMBER, channel="sms"))
last = code()
for _ in range(5):
    verify.verification_checks.create(to=NUMBER, code="000000" if last != "000000" else "000001")
fails(429, 60202, lambda: verify.verification_checks.create(to=NUMBER, code=last))
stranger = Client(account_sid, "wrong")
stranger.verify.base_url = url
fails(401, 20003, lambda: stranger.verify.v2.services(service_sid).fetch())
fails(404, 20404, lambda: verify.rate_limits.create(unique_name="ip"))

# services
assert verify.fetch().sid == service_sid
shop = client.verify.v2.services.create(friendly_name="Shop", code_length=8)
assert (shop.friendly_name, shop.code_length) == ("Shop", 8)
assert shop.update(friendly_name="Store").friendly_name == "Store"
assert {service.sid for service in client.verify.v2.services.list(page_size=1)} == {service_sid, shop.sid}

# messages
key_client = Client(account_sid.replace("AC", "SK", 1), auth_token, account_sid)
key_client.api.base_url = url
sent = []
for n in range(5):
    message = key_client.messages.create(to=f"+1415200000{n}", from_="+15005550006", body=f"text {n}")
    assert (message.status, message.num_segments, message.error_code) == ("queued", "1", None)
    sent.append(message.sid)
assert isinstance(message.date_created, datetime) and message.date_created.tzinfo
while client.messages(sent[0]).fetch().status != "sent":
    pass
fetched = client.messages(sent[0]).fetch()
assert (fetched.body, fetched.to, fetched.from_) == ("text 0", "+14152000000", "+15005550006")
assert [message.sid for message in client.messages.list(page_size=2)] == sent[::-1]
assert [message.sid for message in client.messages.list(to="+14152000003")] == [sent[3]]
assert len(client.messages.list(date_sent_after=datetime(2026, 1, 1), limit=3)) == 3
assert client.messages(sent[0]).delete()
fails(404, 20404, lambda: client.messages(sent[0]).fetch())
fails(400, 21211, lambda: client.messages.create(to="nobody", from_="+15005550006", body="x"))
fails(429, 14107, lambda: client.messages.create(to="+14152000004", from_="+15005550006", body="x"))
assert client.api.v2010.accounts(account_sid).fetch().status == "active"
