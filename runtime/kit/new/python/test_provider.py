"""The two functions, without a sandbox: `python3 -m unittest`."""

import sys
import unittest

sys.path[:0] = ["vendor", "vendor/sdk/python"]

from countersign import Certainty, Failure, Kind, Message, Response  # noqa: E402
from provider import reply, request  # noqa: E402


class Provider(unittest.TestCase):
    def test_a_sender_for_this_recipient_beats_the_forms(self) -> None:
        message = Message(to="+14155550123", text="Your code is 123456.", sender="Acme")
        sent = request({"from": "+14155550100"}, message)
        self.assertIn(b'"from": "Acme"', sent.body)
        self.assertEqual(sent.credentials, ["token"])

    def test_a_code_says_more_than_the_status(self) -> None:
        with self.assertRaises(Failure) as raised:
            reply(Response(400, '{"code": "opted_out", "message": "STOP"}'))
        self.assertEqual(raised.exception.kind, Kind.RECIPIENT_BLOCKED)

    def test_a_yes_without_an_id_leaves_a_doubt(self) -> None:
        with self.assertRaises(Failure) as raised:
            reply(Response(201, "{}"))
        self.assertEqual(raised.exception.certainty, Certainty.UNKNOWN)


if __name__ == "__main__":
    unittest.main()
