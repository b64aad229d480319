"""What an SDK puts on the wire, at a fixed clock: every connection that it opens ends at a recorder on loopback.

Nothing of the SDK's request is changed on the way: the connection says that it is encrypted, and isn't.
"""

import http.client
import json
import random
import socket
import threading
import uuid

import time_machine

NOW = "2026-01-15T12:00:00Z"
# As the host makes one: 32 hexadecimal digits. These happen to be a UUID of version 4 too.
NONCE = "0f1e2d3c4b5a49788796a5b4c3d2e1f0"
TO = "+14155550123"
TEXT = "Your code is 123456. It ends in 10 minutes & isn't for sharing: 100 %."


class Recorder:
    """A server of one request at a time, on a port of its own."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        self.requests = []
        self.answer = (200, "application/json", "{}")
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            with connection, connection.makefile("rb") as reader:
                self.requests.append(read_request(reader))
                status, kind, body = self.answer
                head = f"HTTP/1.1 {status} OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body.encode())}\r\n"
                connection.sendall(f"{head}Connection: close\r\n\r\n{body}".encode())


def read_request(reader):
    method, target, _ = reader.readline().decode("ascii").split(" ")
    headers = []
    for line in iter(reader.readline, b"\r\n"):
        name, value = line.decode("utf-8").rstrip("\r\n").split(": ", 1)
        headers.append([name.lower(), value])
    length = next((int(value) for name, value in headers if name == "content-length"), 0)
    host = next(value for name, value in headers if name == "host")
    body = reader.read(length).decode("utf-8")
    return {"method": method, "url": f"https://{host}{target}", "headers": headers, "body": body}


RECORDER = Recorder()


def connect_to_the_recorder(connection):
    connection.sock = socket.create_connection(RECORDER.address)
    connection.is_verified = True
    connection.proxy_is_verified = None


def redirect(*https_connections):
    """Send these classes of connections to the recorder."""
    for connection in (http.client.HTTPSConnection, *https_connections):
        connection.connect = connect_to_the_recorder


# What the SDK's HTTP client says of itself or of the connection; the host's client says its own.
OF_THE_CLIENT = {
    "accept": "the HTTP client's default; ours says the same",
    "accept-encoding": "belongs to the host",
    "connection": "belongs to the host",
    "content-length": "belongs to the host, and the bodies are compared",
    "user-agent": "names the SDK and the machine that it ran on",
}


def record(call, answer=(200, "application/json", "{}"), ignored=None):
    """The one request that `call` makes, with the clock and every nonce standing still.

    `ignored` names further headers that no signature covers, each with the reason; they are taken out, and listed.
    """
    RECORDER.requests.clear()
    RECORDER.answer = answer
    uuid4, uuid.uuid4 = uuid.uuid4, lambda: uuid.UUID(NONCE)
    randint, random.randint = random.randint, lambda *_: int(NONCE[:8], 16)
    try:
        with time_machine.travel(NOW, tick=False):
            call()
    finally:
        uuid.uuid4, random.randint = uuid4, randint
    (request,) = RECORDER.requests
    signed = next((value for name, value in request["headers"] if name == "authorization"), "")
    reasons = {name: why for name, why in {**OF_THE_CLIENT, **(ignored or {})}.items() if name not in signed}
    found = {name for name, _ in request["headers"]}
    request["headers"] = [pair for pair in request["headers"] if pair[0] not in reasons]
    request["ignored"] = {name: why for name, why in reasons.items() if name in found}
    return request


def vector(made_by, config, secrets, request, **more):
    """One file: who made it, what a connector is configured with, and the request to be equal to."""
    return {
        "made_by": made_by,
        "issued_at": NOW,
        "nonce": NONCE,
        "config": config,
        "secrets": secrets,
        "message": {"to": TO, "text": TEXT},
        "request": request,
        **more,
    }


def written(value):
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
