"""Twilio's own validator on a callback of this service. Fails by an assertion."""

import json
import sys
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

told = json.loads(sys.argv[1])
parameters = dict(parse_qsl(told["body"], keep_blank_values=True))
validator = RequestValidator(told["token"])
assert parameters["MessageStatus"] == "sent", parameters
assert validator.validate(told["url"], parameters, told["signature"])
assert not validator.validate(told["url"], {**parameters, "MessageStatus": "delivered"}, told["signature"])
assert not validator.validate(told["url"] + "x", parameters, told["signature"])
assert not RequestValidator("0" * 32).validate(told["url"], parameters, told["signature"])
