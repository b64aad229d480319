"""Takes down the requests that a provider's own SDK makes, for `connectors/<name>/recorded/record.py`.

    from recorder import Recorder
    taker = Recorder(by="acme 1.2.3 (PyPI)")
    taker.reply(201, {"id": "m-1"})                       # what the SDK is answered
    Client(base_url=taker.url, token="fake-token-0000000").send(...)
    taker.save("sent.json", host="https://api.acme.example")

`save` writes what came last beside transcripts/sent.json of the same connector; `tests/recorded.rs` compares the two.
An SDK whose host can't be changed: `taker.through_requests()`, or hand what was seen to `taker.take(...)`.
"""

import base64
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

# What the host owns, and what says nothing of the message.
NOT_KEPT = {
    "host", "connection", "content-length", "accept", "accept-encoding", "accept-charset", "accept-language",
    "user-agent", "transfer-encoding", "expect", "keep-alive", "sec-fetch-mode", "x-twilio-client",
}


class Recorder:
    def __init__(self, by, keep=None):
        """by: package and version. keep: the only headers to keep; all but NOT_KEPT unless given."""
        self.by, self.keep = by, keep and {name.lower() for name in keep}
        self.taken, self.answer = [], (200, {}, b"{}")
        taker = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def any(self):
                length = int(self.headers.get("content-length") or 0)
                taker.take(self.command, taker.url + self.path, dict(self.headers), self.rfile.read(length))
                status, headers, body = taker.answer
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = any

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def reply(self, status=200, body=None, headers=None, content_type="application/json"):
        """What the SDK is answered from now on: JSON, or a text as it is."""
        body = body if isinstance(body, str) else json.dumps(body if body is not None else {})
        self.answer = (status, {"content-type": content_type, **(headers or {})}, body.encode())

    def take(self, method, url, headers, body=b""):
        """A request, as it would go out."""
        body = body.encode() if isinstance(body, str) else body or b""
        text = lambda value: value.decode() if isinstance(value, bytes) else str(value)
        self.taken.append((method, url, {text(k).lower(): text(v) for k, v in headers.items()}, body))

    def through_requests(self):
        """For an SDK on `requests` whose host is fixed: take what it would send, and answer in its place."""
        import requests
        taker = self

        def send(_adapter, request, **_):
            taker.take(request.method, request.url, request.headers, request.body)
            status, headers, body = taker.answer
            answer = requests.Response()
            answer.status_code, answer._content, answer.url, answer.request = status, body, request.url, request
            answer.headers = requests.structures.CaseInsensitiveDict(headers)
            return answer

        requests.adapters.HTTPAdapter.send = send

    def save(self, name, host=None, differs=None):
        """host: the origin that stands for ours. differs: JSON pointers into the request, each with the reason why the
        connector does otherwise than the SDK."""
        method, url, headers, body = self.taken.pop()
        url = host + url[len(self.url):] if host and url.startswith(self.url) else url
        if not body:
            headers.pop("content-type", None)
        kept = {k: v for k, v in sorted(headers.items()) if (k in self.keep if self.keep else k not in NOT_KEPT)}
        request = {"method": method, "url": url, "headers": kept, **written(kept | headers, body)}
        told = {"by": self.by, "request": request, **({"differs": differs} if differs else {})}
        Path(sys.argv[1], name).write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")


def written(headers, body):
    """A body as transcripts write it."""
    kind = headers.get("content-type", "")
    if not body:
        return {}
    if "x-www-form-urlencoded" in kind:
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
        # A field that comes twice can't stand in a table.
        return {"form": dict(pairs)} if len(dict(pairs)) == len(pairs) else {"text": body.decode()}
    if "json" in kind:
        return {"json": json.loads(body)}
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}
