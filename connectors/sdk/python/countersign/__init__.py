"""Writing a connector in Python: provider knowledge, and nothing else.

A connector is two plain functions and a table: *build the request*, *read the reply*, and the provider's codes. Such
functions are tested natively, without a sandbox; the component as a whole is tested by transcripts.

    from countersign import Connector, Receipt, Request, component, exchange

    class Acme(Connector):
        def send(self, call, config, message):
            return reply(exchange(request(config, message)))

    Sms = component(Acme)

Secrets never come here: name a credential of ``connector.toml`` with ``Request.credential`` and leave its place in the
request empty. A module's top level runs once, when the component is built; every call starts from what was there then.
"""

from . import log
from .connector import Account, Connector, Reports, component
from .failure import Failure, kind_of_status
from .http import Request, Response, exchange
from .signing import digest, is_set, sign, token, verify
from .words import (
    Answer,
    Call,
    Callback,
    Certainty,
    Field,
    Handled,
    Header,
    Kind,
    Message,
    Money,
    Parameter,
    Receipt,
    Report,
    ReportStatus,
    Standing,
    Status,
)

__all__ = [
    "Account",
    "Answer",
    "Call",
    "Callback",
    "Certainty",
    "Connector",
    "Failure",
    "Field",
    "Handled",
    "Header",
    "Kind",
    "Message",
    "Money",
    "Parameter",
    "Receipt",
    "Report",
    "ReportStatus",
    "Reports",
    "Request",
    "Response",
    "Standing",
    "Status",
    "component",
    "digest",
    "exchange",
    "is_set",
    "kind_of_status",
    "log",
    "sign",
    "token",
    "verify",
]
