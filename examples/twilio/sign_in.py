"""Sign in with a code: the usual program for Twilio Verify. `python sign_in.py +14155550123`"""

import os
import sys

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

client = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
client.verify.base_url = os.environ["TWILIO_BASE_URL"]

service = client.verify.v2.services(os.environ["TWILIO_VERIFY_SERVICE"])
number = sys.argv[1]

service.verifications.create(to=number, channel="sms")
try:
    while service.verification_checks.create(to=number, code=input("code: ")).status != "approved":
        print("that is not it")
    print("signed in")
except TwilioRestException as error:
    sys.exit(f"{error.code}: {error.msg}")
