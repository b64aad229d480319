"""Signatures of a body by the published package, one for each secret."""

import datetime
import json
import sys

from standardwebhooks.webhooks import Webhook

given = json.load(sys.stdin)
at = datetime.datetime.fromtimestamp(given["timestamp"], tz=datetime.timezone.utc)
sign = lambda secret: Webhook(secret.removeprefix("v1,")).sign(given["id"], at, given["body"])
print(json.dumps([sign(secret) for secret in given["secrets"]]))
