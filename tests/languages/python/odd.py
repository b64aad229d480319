"""A connector that does what its configuration says, mostly what none should."""

from __future__ import annotations

import datetime
import hashlib
import os
import random
import secrets
import sys
import time
import uuid
from dataclasses import dataclass
from typing import Any

import countersign as c
from countersign import Failure, Kind, Money, Receipt, Request, exchange, log

BUILT = random.random()
STATE = {"calls": 0}


@dataclass
class Part:
    n: int


@dataclass
class Taken:
    id: str
    cost: float | None = None
    parts: list[Part] | None = None


def ask() -> c.Response:
    return exchange(Request.post("https://api.example.com/send").credential("token").json({}))


def fresh() -> Receipt:
    STATE["calls"] += 1
    now = datetime.datetime.now(datetime.timezone.utc)
    log.info(f"random {random.random()} {random.choice(range(10**9))}")
    log.info(f"uuid {uuid.uuid4()} secrets {secrets.token_hex(8)} urandom {os.urandom(8).hex()}")
    log.info(f"time {time.time():.0f} now {now.isoformat()} today {datetime.date.today()}")
    log.info(f"calls {STATE['calls']} built {BUILT}")
    began = time.monotonic()
    time.sleep(0.005)
    log.info(f"slept {time.monotonic() - began >= 0.005}")
    return Receipt(ask().json(Taken).id)


def reads() -> Receipt:
    taken = ask().json(Taken)
    return Receipt(taken.id, segments=len(taken.parts or []) or None, price=Money(str(taken.cost), "EUR"))


def words() -> Receipt:
    answer = ask()
    raise Failure(Kind.CONTENT_REJECTED, answer.json()["text"]).code(answer.json()["code"]).retry_after(10**12)


def down(n: int) -> int:
    return down(n + 1) + 1


def prints() -> Receipt:
    print("printed, and not flushed", end="")
    print("on standard error", file=sys.stderr)
    return Receipt(ask().json(Taken).id)


async def later() -> Receipt:
    return Receipt("never")


def signed() -> Receipt:
    marker = c.sign("signing", "data")
    exchange(Request.post("https://api.example.com/send").credential("signing").header("x-signature", marker))
    if not c.is_set("token") or c.is_set("nothing"):
        raise AssertionError("is_set")
    return Receipt("signed")


def no_such_credential() -> Receipt:
    c.digest("nothing", {"a": "b"})
    return Receipt("never")


def files() -> Receipt:
    try:
        open("/etc/passwd").read()
    except OSError as error:
        raise Failure(Kind.OTHER, f"refused: {type(error).__name__}") from None
    return Receipt("never")


def socket() -> Receipt:
    import socket as sockets

    try:
        sockets.create_connection(("192.0.2.1", 80), 1)
    except OSError as error:
        raise Failure(Kind.OTHER, f"refused: {type(error).__name__}") from None
    return Receipt("never")


CASES = {
    "fresh": fresh,
    "reads": reads,
    "words": words,
    "prints": prints,
    "signed": signed,
    "no-such-credential": no_such_credential,
    "files": files,
    "socket": socket,
    "raises": lambda: {}["a key that is not there"],
    "raises-after": lambda: ask() and {}["a key that is not there"],
    "exits": lambda: sys.exit(3),
    "recursion": lambda: down(0),
    "coroutine": lambda: later(),
    "nothing": lambda: ask() and None,
    "number-as-id": lambda: ask() and Receipt(12345, segments=2**40, extra={"n": 7}),  # type: ignore[arg-type]
    "bytes-as-id": lambda: ask() and Receipt(b"x"),  # type: ignore[arg-type]
    "header-of-none": lambda: exchange(Request.post("https://api.example.com/send").header("x", None)),  # type: ignore
    "form-of-true": lambda: exchange(Request.post("https://api.example.com/send").form({"a": True})),
    "failure-of-nonsense": lambda: (_ for _ in ()).throw(Failure("?", None, "?")),  # type: ignore[arg-type]
}


class Odd(c.Connector, c.Account, c.Reports):
    def send(self, call: c.Call, config: dict[str, Any], message: c.Message) -> Receipt:
        if abs(call.now.timestamp() - time.time()) > 1 or len(message.parameter("code") or "") != 6:
            raise AssertionError("the call says another time than the clock, or no code")
        return CASES[config["case"]]()

    def check(self, call: c.Call, config: dict[str, Any]) -> c.Standing:
        answer = exchange(Request.get("https://api.example.com/balance")).json()
        return c.Standing(name=answer["name"], balance=Money(answer["balance"], "EUR"))

    def handle(self, call: c.Call, config: dict[str, Any], callback: c.Callback) -> c.Handled:
        signature = bytes.fromhex(callback.header("X-Signature") or "")
        if not c.verify("callback", callback.body, signature):
            raise Failure(Kind.OTHER, "not the provider's signature")
        fields = dict(callback.form())
        log.info(hashlib.sha256(callback.body).hexdigest())
        status = c.ReportStatus.DELIVERED if fields["status"] == "ok" else c.ReportStatus.UNDELIVERED
        return c.Handled([c.Report(status, fields["id"], text=fields["why"])], c.Answer(200, "text/plain", "thanks"))


Sms = Account = DeliveryReports = c.component(Odd)
