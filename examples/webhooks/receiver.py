"""A receiver of Countersign's webhooks: verifies each call, and does each event once.

    pip install standardwebhooks
    SECRET=whsec_... python3 receiver.py 127.0.0.1 9000
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

webhook = Webhook(os.environ["SECRET"])
# Yours is in a database, and is written together with what an event changes.
done = set()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            # Over the bytes as they came; parsed and written anew they are others.
            event = webhook.verify(body, dict(self.headers))
        except WebhookVerificationError:
            return self.answer(401)
        # An event is told at least once: what comes again has the same id.
        if self.headers["webhook-id"] not in done:
            done.add(self.headers["webhook-id"])
            print(event["type"], event["data"], flush=True)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


address, port = sys.argv[1], int(sys.argv[2])
with ThreadingHTTPServer((address, port), Receiver) as server:
    print(f"listening on {address}:{port}", flush=True)
    server.serve_forever()
