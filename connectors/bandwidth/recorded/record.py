"""What Bandwidth's own SDK for Python sends, for the transcripts of the same names."""

import datetime

import bandwidth
import urllib3
from bandwidth.models import MessageRequest, PriorityEnum

from recorder import Recorder

ACCOUNT = "5500000"
TOKEN_URL = "https://api.bandwidth.com/api/v1/oauth2/token"
taker = Recorder("bandwidth-sdk 23.3.1 (PyPI)")
ENDS = datetime.datetime(2026, 1, 15, 12, 10, tzinfo=datetime.timezone.utc)


def open_url(_pool, method, url, body=None, fields=None, headers=None, **_):
    """In place of a connection: the SDK's pool is asked for a token, or to send."""
    taker.take(method, url, dict(headers or {}), body or b"")
    status, headers, body = taker.answer
    return urllib3.HTTPResponse(body=body, status=status, headers=headers, preload_content=True)


urllib3.PoolManager.request = open_url
urllib3.request = lambda method, url, **more: open_url(None, method, url, **more)


def client(**more):
    return bandwidth.MessagesApi(bandwidth.ApiClient(bandwidth.Configuration(**more)))


def send(name, api, of="+15552223333", body="Your code is 123456.", **more):
    taker.reply(202, {"id": "m-1"})
    # Where it fetches a token first, this is the answer to that as well.
    taker.answer = (202, taker.answer[1], b'{"access_token": "fake-access-token-0000000", "expires_in": 3600, "id": "m-1"}')
    message = MessageRequest(
        applicationId="93de2206-9669-4e07-948d-329f4b722ee2", to=["+14155550123"], **{"from": of}, text=body,
        tag="msg_transcript", expiration=ENDS, **more,
    )
    api.create_message(ACCOUNT, message)
    taker.save(name, differs={"/json/expiration": "the SDK writes the same moment as +00:00"})


user = client(username="countersign", password="fake-password-0000000")
send("sent-number.json", user)
send("sent-alphanumeric.json", user, of="ACME")
send("sent-priority.json", user, priority=PriorityEnum.HIGH)
send("unicode.json", user, body="Ihr Code lautet 123456 – gültig fünf Minuten 🔑")
send("sent-client.json", client(client_id="CLI-00000000", client_secret="fake-client-secret-0000000"))
send(
    "sent-everything.json", client(client_id="CLI-00000000", client_secret="fake-client-secret-0000000"),
    body="Code: 1+1 & 2=3? 100 %;\n„grün“ ~*'\"<>/ 🔑", priority=PriorityEnum.HIGH,
)

taker.reply(200, "[]")
bandwidth.MediaApi(bandwidth.ApiClient(bandwidth.Configuration(
    username="countersign", password="fake-password-0000000"))).list_media(ACCOUNT)
taker.save("account.json")
