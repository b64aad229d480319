"""What Kratos' courier sends: the Jsonnet of the example, evaluated with what Kratos hands to it."""

import json
import pathlib
import sys

import rjsonnet

jsonnet = pathlib.Path(__file__).parents[3] / "examples/hooks/kratos/sms.jsonnet"
ctx = json.load(sys.stdin)
print(rjsonnet.evaluate_file(str(jsonnet), tla_codes={"ctx": json.dumps(ctx)}))
