"""Signature Version 4, as botocore signs `Publish` of Amazon SNS."""

import botocore.session
import urllib3
from botocore.httpsession import URLLib3Session  # noqa: F401  (its connections have to exist before they are redirected)

import wire

ANSWER = """<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>p_1</MessageId>
</PublishResult><ResponseMetadata><RequestId>r_1</RequestId></ResponseMetadata></PublishResponse>"""


def sigv4():
    from botocore.awsrequest import AWSHTTPSConnection

    wire.redirect(urllib3.connection.HTTPSConnection, AWSHTTPSConnection)
    config = {"access_key_id": "AKIAFAKEFAKEFAKEFAKE", "region": "eu-central-1"}
    secrets = {"secret_access_key": "fake/Secret+Access/Key0123456789abcdefgh"}
    client = botocore.session.Session().create_client(
        "sns",
        region_name=config["region"],
        aws_access_key_id=config["access_key_id"],
        aws_secret_access_key=secrets["secret_access_key"],
    )
    kind = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
    call = lambda: client.publish(PhoneNumber=wire.TO, Message=wire.TEXT, MessageAttributes=kind)
    ignored = {
        "amz-sdk-invocation-id": "for counting the SDK's retries",
        "amz-sdk-request": "for counting the SDK's retries",
    }
    request = wire.record(call, (200, "text/xml", ANSWER), ignored)
    return wire.vector(f"botocore {botocore.__version__}: sns.publish", config, secrets, request)


VECTORS = {"sigv4": sigv4}
