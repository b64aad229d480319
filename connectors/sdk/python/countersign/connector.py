"""What a connector does, and how it becomes a component."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import Any

from . import calls, lower
from .words import Call, Callback, Handled, Message, Receipt, Standing


class Connector(ABC):
    """Sending: every connector does this."""

    @abstractmethod
    def send(self, call: Call, config: dict[str, Any], message: Message) -> Receipt:
        """Ask the provider to send ``message``, once, or raise a ``Failure``. ``config`` is the configuration, without
        its secrets, as the schema accepted it."""


class Account(ABC):
    """Checking the account, for providers that can tell."""

    @abstractmethod
    def check(self, call: Call, config: dict[str, Any]) -> Standing:
        """Are the credentials good? Sends nothing."""


class Reports(ABC):
    """Reading delivery reports, for providers that call back. Nothing else is available here than ``verify``."""

    @abstractmethod
    def handle(self, call: Call, config: dict[str, Any], callback: Callback) -> Handled:
        """Read one callback. A report whose signature was not verified moves no state."""


def component(connector: type[Connector]) -> type:
    """What a component exports. Give it the names of the interfaces that the world of ``componentize-py -w`` has:

        Sms = component(Acme)                                # connector
        Sms = Account = component(Acme)                      # connector-with-account
        Sms = DeliveryReports = component(Acme)              # connector-with-reports
        Sms = Account = DeliveryReports = component(Acme)    # connector-complete
    """
    # Now, so that whatever it prepares is part of the component and costs no call anything.
    made: Any = connector()
    calls.remember_source(connector)

    class Exports:
        def send(self, call: Any, config: str, message: Any) -> Any:
            return calls.run(lambda: lower.receipt(made.send(lower.call(call), json.loads(config), lower.message(message))))

        def check(self, call: Any, config: str) -> Any:
            return calls.run(lambda: lower.standing(made.check(lower.call(call), json.loads(config))))

        def handle(self, call: Any, config: str, callback: Any) -> Any:
            return calls.run(lambda: lower.handled(made.handle(lower.call(call), json.loads(config), lower.callback(callback))))

    return Exports
