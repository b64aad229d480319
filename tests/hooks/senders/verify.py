"""What the published package says of calls, at the time of their receiver: `ok`, or why it takes one for forged."""

import datetime
import json
import sys

from standardwebhooks import webhooks

given = json.load(sys.stdin)


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(given["now"], tz)


def judged(call):
    try:
        webhooks.Webhook(given["secret"]).verify(call["body"], call["headers"])
    except webhooks.WebhookVerificationError as error:
        return str(error)
    return "ok"


webhooks.datetime = Clock
print(json.dumps([judged(call) for call in given["calls"]]))
