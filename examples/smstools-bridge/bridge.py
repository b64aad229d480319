#!/usr/bin/env python3
"""An HTTP door to SMS Server Tools 3 or to Gammu's SMSD, for the connector `smstools`: one file, Python 3.9 or later,
nothing beside the standard library.

    bridge.py serve CONFIG                  takes messages, writes them into the queue, passes on what comes of them
    bridge.py event CONFIG TYPE FILE [ID]   what smsd's `eventhandler` calls: notes the event, and is gone at once
    bridge.py sent CONFIG, failed CONFIG    what gammu-smsd's RunOnSent and RunOnFailure call, with the ID behind

CONFIG is an INI file; README.md beside this one has every field.
"""

import argparse
import base64
import configparser
import hashlib
import hmac
import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY_BYTES_MAX = 64 * 1024
TEXT_CHARS_MAX = 1000
REQUEST_SECONDS = 10
# A report is tried again after these many seconds, then given up.
RETRIES = (0, 2, 10, 60, 300, 1800)

NUMBER = re.compile(r"\+[1-9][0-9]{4,14}")
REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,64}")
SENDER = re.compile(r"\+?[0-9]{1,15}|[A-Za-z0-9 ]{1,11}")
# GSM 7-bit (3GPP TS 23.038), as far as ISO 8859-15 has it: what smsd may be given as `ISO`.
PLAIN = re.compile("[\n\r !\"#$%&'()*+,\\-./0-9:;<=>?@A-Z\\[\\\\\\]^_a-z{|}~£¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùü¡€]*")


class Refused(Exception):
    def __init__(self, status, code, text):
        super().__init__(text)
        self.status, self.code = status, code


class Bridge:
    def __init__(self, path):
        parser = configparser.ConfigParser(interpolation=None)
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
        section = parser["bridge"]
        self.backend = section.get("backend", "smstools")
        if self.backend not in ("smstools", "gammu"):
            raise SystemExit(f"backend is smstools or gammu, and not `{self.backend}`")
        self.host, _, port = section.get("listen", "127.0.0.1:8098").rpartition(":")
        self.port = int(port)
        self.token = pathlib.Path(section["token_file"]).read_text(encoding="utf-8").strip()
        if len(self.token) < 16:
            raise SystemExit("the token has 16 characters or more")
        self.certificate, self.key = section.get("certificate"), section.get("key")
        self.queue_max = section.getint("queue_max", 1000)
        self.state = pathlib.Path(section["state"])
        outgoing = section.get("outgoing", "/var/spool/sms/outgoing" if self.backend == "smstools" else None)
        self.outgoing = outgoing and pathlib.Path(outgoing)
        # smsd takes a message out of its queue at once; here it waits for a modem.
        waiting = section.get("waiting", "/var/spool/sms/checked" if self.backend == "smstools" else "")
        self.queues = [pathlib.Path(folder) for folder in [*filter(None, [outgoing]), *waiting.split()]]
        self.gammu_config = section.get("gammu_config", "/etc/gammu-smsdrc")
        # Only where reports may go: whoever has the token could have the machine call anything else.
        self.callbacks = tuple(section.get("callbacks", "").split())
        if not all(re.fullmatch(r"https?://[^/@\s]+/\S*", begin) for begin in self.callbacks):
            raise SystemExit("`callbacks` are https://HOST/, with the slash: without it another host's name could go on")
        self.keep_days = section.getint("keep_days", 7)
        for folder in ("messages", "ids", "events", "tmp"):
            (self.state / folder).mkdir(parents=True, exist_ok=True, mode=0o770)

    # A file is there whole or not at all: written beside, then renamed.
    def put(self, path, data, mode=0o660):
        beside = self.state / "tmp" / f"{path.name}.{os.getpid()}.{threading.get_ident()}"
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, mode)
        os.rename(beside, path)

    def queued(self):
        return sum(1 for queue in self.queues if queue.is_dir() for _ in queue.iterdir())

    def take(self, message):
        """Put one message into the queue, once for each reference."""
        to, text, reference = (message.get(name) for name in ("to", "text", "reference"))
        sender, callback = message.get("sender"), message.get("callback_url")
        validity = message.get("validity_seconds", 86400)
        if not isinstance(to, str) or not NUMBER.fullmatch(to):
            raise Refused(400, "invalid-number", "`to` is no number in E.164")
        if not isinstance(text, str) or not 0 < len(text) <= TEXT_CHARS_MAX or "\0" in text:
            raise Refused(400, "invalid-text", f"`text` has 1 to {TEXT_CHARS_MAX} characters")
        if not isinstance(reference, str) or not REFERENCE.fullmatch(reference):
            raise Refused(400, "invalid-reference", "`reference` has 1 to 64 of A-Z a-z 0-9 _ -")
        if isinstance(validity, bool) or not isinstance(validity, int) or not 0 < validity <= 63 * 7 * 86400:
            raise Refused(400, "invalid-validity", "`validity_seconds` is a number of seconds")
        if sender is not None and (not isinstance(sender, str) or not SENDER.fullmatch(sender)):
            raise Refused(400, "invalid-sender", "`sender` is a number or up to 11 letters and digits")
        if callback is not None and (not isinstance(callback, str) or not callback.startswith(self.callbacks)):
            raise Refused(400, "invalid-callback", "`callback_url` begins with none of `callbacks`")
        # The name of the file is ours alone: no word of the message's is ever part of a path.
        name = "otp-" + hashlib.sha256(reference.encode()).hexdigest()[:32]
        known = self.state / "messages" / f"{name}.json"
        note = json.dumps({"reference": reference, "callback_url": callback, "to": to, "at": int(time.time())})
        try:
            # Exclusive: of two requests with one reference, one writes.
            with open(known, "x", encoding="utf-8") as file:
                file.write(note)
        except FileExistsError:
            return name, True
        try:
            if self.queued() >= self.queue_max:
                raise Refused(503, "queue-full", f"{self.queue_max} messages wait")
            write = self.to_smstools if self.backend == "smstools" else self.to_gammu
            write(name, to, text, validity, sender)
        except BaseException:
            known.unlink(missing_ok=True)
            raise
        return name, False

    def to_smstools(self, name, to, text, validity, sender):
        """http://smstools3.kekekasvi.com/index.php?p=fileformat"""
        plain = PLAIN.fullmatch(text) is not None
        headers = [f"To: {to[1:]}", f"Alphabet: {'ISO' if plain else 'UCS'}", "Report: yes", f"Validity: {period_of(validity)}"]
        if sender:
            headers.append(f"From: {sender}")
        # Lines of the text end as they do on phones; smsd takes everything behind the first empty line.
        body = text.encode("iso8859-15") if plain else text.encode("utf-16-be")
        self.put(self.outgoing / name, "\n".join(headers).encode("ascii") + b"\n\n" + body)

    def to_gammu(self, name, to, text, validity, sender):
        """gammu-smsd-inject(1): arguments, never a shell."""
        coding = ["-autolen", str(len(text))] if PLAIN.fullmatch(text) else ["-unicode", "-autolen", str(len(text))]
        command = ["gammu-smsd-inject", "-c", self.gammu_config, "TEXT", to, *coding, "-report"]
        # The longest of its words that does not outlive the code; it has none below an hour.
        words = ((86400, "DAY"), (6 * 3600, "6HOURS"), (0, "HOUR"))
        command += ["-validity", next(word for least, word in words if validity >= least)]
        # The text on standard input: arguments can be read by everybody on the machine.
        run = subprocess.run(command, input=text.encode(), capture_output=True, timeout=REQUEST_SECONDS, check=False)
        told = re.search(rb"Written message with ID (\S+)", run.stdout + run.stderr)
        if run.returncode != 0 or not told:
            raise Refused(503, "queue-unavailable", "gammu-smsd-inject did not take it")
        ident = os.path.basename(told.group(1).decode("utf-8", "replace"))
        self.put(self.state / "ids" / key_of(ident), json.dumps({"name": name}).encode())

    # What came of a message.

    def note(self, name, event):
        """Leave an event for the server. `smsd` waits for its event handler: this takes a millisecond."""
        if name and (self.state / "messages" / f"{name}.json").exists():
            event = {**event, "name": name, "at": int(time.time())}
            self.put(self.state / "events" / f"{time.time_ns()}-{name}.json", json.dumps(event).encode())

    def smstools_event(self, kind, file, ident):
        name = os.path.basename(file)
        # A report has what it says in the text below its headers, line for line.
        headers = headers_of(file, whole=kind == "REPORT")
        if kind == "SENT":
            # What a later report says of a message is its number at the SMSC, and the recipient.
            if ident:
                found = json.dumps({"name": name}).encode()
                self.put(self.state / "ids" / key_of(f"{ident}/{headers.get('To', '').lstrip('+')}"), found)
            self.note(name, {"status": "sent"})
        elif kind == "FAILED":
            self.note(name, {"status": "failed", "text": headers.get("Fail_reason", "")})
        elif kind == "REPORT":
            ident, number = headers.get("Message_id", ident), headers.get("From", "").lstrip("+")
            code, _, text = headers.get("Status", "").partition(",")
            self.note(self.named(f"{ident}/{number}"), {**status_of(code), "text": text.strip()})

    def gammu_event(self, status, ident):
        self.note(self.named(os.path.basename(ident)), {"status": status})

    def named(self, ident):
        try:
            return json.loads((self.state / "ids" / key_of(ident)).read_text())["name"]
        except (OSError, ValueError, KeyError):
            return None

    def deliver(self):
        """Pass events on, oldest first, and forget what is old. Runs for ever."""
        waiting, cleaned = {}, 0
        while True:
            for path in sorted((self.state / "events").glob("*.json")):
                tries, when = waiting.get(path.name, (0, 0))
                if time.time() < when:
                    continue
                if self.report(path):
                    waiting.pop(path.name, None)
                    path.unlink(missing_ok=True)
                elif tries + 1 == len(RETRIES):
                    say(f"gave up a report after {tries + 1} tries")
                    waiting.pop(path.name, None)
                    path.unlink(missing_ok=True)
                else:
                    waiting[path.name] = (tries + 1, time.time() + RETRIES[tries + 1])
            if time.time() - cleaned > 3600:
                cleaned = time.time()
                for folder in ("messages", "ids"):
                    for path in (self.state / folder).iterdir():
                        if cleaned - path.stat().st_mtime > self.keep_days * 86400:
                            path.unlink(missing_ok=True)
            time.sleep(0.5)

    def report(self, path):
        try:
            event = json.loads(path.read_text())
            message = json.loads((self.state / "messages" / f"{event.pop('name')}.json").read_text())
        except (OSError, ValueError, KeyError):
            return True
        if not message["callback_url"]:
            return True
        body = json.dumps({"id": message["reference"], **event}).encode()
        signature = hmac.new(self.token.encode(), body, hashlib.sha256).hexdigest()
        headers = {"content-type": "application/json", "x-signature": signature}
        request = urllib.request.Request(message["callback_url"], body, headers, method="POST")
        try:
            with OPENER.open(request, timeout=REQUEST_SECONDS) as answer:
                return 200 <= answer.status < 300
        except (OSError, ValueError) as error:
            # 400 is a refusal that will not change.
            return isinstance(error, urllib.error.HTTPError) and error.code == 400


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


# No redirects, and no proxy of the environment's.
OPENER = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))


def key_of(ident):
    return base64.urlsafe_b64encode(hashlib.sha256(ident.encode()).digest()[:18]).decode()


def period_of(validity):
    """TP-VP of GSM 03.40, 9.2.3.12: steps of 5 minutes to 12 hours, of 30 minutes to a day, of days to 30, of weeks.
    Rounded down: what would arrive behind the code's life is of no use."""
    minutes, days = validity // 60, validity // 86400
    if minutes < 750:
        return min(max(minutes // 5 - 1, 0), 143)
    if days < 2:
        return min(143 + (minutes - 720) // 30, 167)
    return min(166 + days, 196) if days < 35 else min(192 + days // 7, 255)


def headers_of(file, whole=False):
    """The lines before the first empty one, or all that look like them."""
    headers = {}
    try:
        with open(file, "rb") as lines:
            for line in lines:
                name, colon, value = line.decode("utf-8", "replace").strip().partition(":")
                if colon:
                    headers.setdefault(name, value.strip())
                elif not whole:
                    break
    except OSError:
        pass
    return headers


def status_of(code):
    """TP-Status of a report, GSM 03.40, 9.2.3.15."""
    try:
        value = int(code)
    except ValueError:
        return {"status": "other", "code": code}
    if value in (0, 1, 2):
        return {"status": "delivered" if value == 0 else "sent"}
    if 32 <= value < 64:
        return {"status": "sent", "code": code}
    return {"status": "expired" if value == 70 else "undelivered", "code": code}


def say(text):
    print(text, file=sys.stderr, flush=True)


def handler_of(bridge):
    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version, protocol_version = "smstools-bridge/1", "", "HTTP/1.1"
        timeout = REQUEST_SECONDS

        def do_GET(self):
            self.answer_by(lambda: (200, {"backend": bridge.backend, "queued": bridge.queued()}), "/status")

        def do_POST(self):
            self.answer_by(self.take, "/messages")

        def answer_by(self, serve, path):
            try:
                given = self.headers.get("authorization", "").encode("utf-8", "replace")
                if not hmac.compare_digest(given, b"Bearer " + bridge.token.encode()):
                    raise Refused(401, "unauthorized", "the token is wrong")
                if self.path != path:
                    raise Refused(404, "not-found", "there is nothing here")
                status, body = serve()
            except Refused as refused:
                status, body = refused.status, {"code": refused.code, "message": str(refused)}
            except OSError as error:  # a full disk, no permission: nothing was put there
                say(f"{type(error).__name__}: {error}")
                status, body = 503, {"code": "queue-unavailable", "message": "the queue can't be written"}
            except Exception as error:  # gammu-smsd-inject hangs: who knows
                say(f"{type(error).__name__}: {error}")
                status, body = 500, {"code": "queue-unavailable", "message": "the queue did not answer"}
            if status >= 400:
                # What was not read is no next request.
                self.close_connection = True
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def take(self):
            length = self.headers.get("content-length", "")
            if not re.fullmatch("[0-9]{1,9}", length) or self.headers.get("transfer-encoding"):
                raise Refused(411, "invalid-body", "the body has a length")
            if int(length) > BODY_BYTES_MAX:
                raise Refused(413, "invalid-body", "the body is too large")
            try:
                message = json.loads(self.rfile.read(int(length)))
            except ValueError:
                raise Refused(400, "invalid-body", "the body is no JSON") from None
            if not isinstance(message, dict):
                raise Refused(400, "invalid-body", "the body is no object")
            _, repeated = bridge.take(message)
            return (200 if repeated else 202), {"id": message["reference"], "repeated": repeated}

        # Neither numbers nor texts are in the path; the address is.
        def log_message(self, form, *values):
            say(f"{self.address_string()} {form % values}")

        # An idle connection that ends is no error.
        def log_error(self, *_):
            pass

    return Handler


def serve(bridge):
    server = ThreadingHTTPServer((bridge.host, bridge.port), handler_of(bridge))
    server.daemon_threads = True
    if bridge.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(bridge.certificate, bridge.key)
        # The handshake in the connection's own thread, so that nobody holds up the others.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    elif bridge.host not in ("127.0.0.1", "::1", "localhost"):
        say("listening without TLS on an address of the network: put a proxy before it, or give `certificate` and `key`")
    threading.Thread(target=bridge.deliver, daemon=True).start()
    say(f"{bridge.backend}: listening on {bridge.host}:{bridge.port}")
    server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["serve", "event", "sent", "failed"])
    parser.add_argument("config")
    parser.add_argument("rest", nargs="*")
    given = parser.parse_args()
    # What it writes has codes in it.
    os.umask(0o007)
    bridge = Bridge(given.config)
    if given.what == "serve":
        serve(bridge)
    elif given.what == "event":
        kind, file, ident = (given.rest + [""] * 3)[:3]
        bridge.smstools_event(kind, file, ident)
    else:
        bridge.gammu_event(given.what, (given.rest + [""])[0])


if __name__ == "__main__":
    main()
