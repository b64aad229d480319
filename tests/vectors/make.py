"""Make the test vectors: what independent implementations sign, at a fixed clock and nonce, and how they count.

    python make.py            writes them beside this file
    python make.py --check    makes them anew and fails if a file would change

Two runs give the same bytes. Every key and secret in here is made up for this, and opens nothing.
"""

import sys
from pathlib import Path

import aliyun
import aws
import azure_sms
import callbacks
import plain
import segments
import tencent
import tokens
import wire
import wsse

HERE = Path(__file__).parent


def main():
    check = "--check" in sys.argv[1:]
    changed = []
    for source in (aws, tencent, aliyun, azure_sms, wsse, tokens, plain, callbacks, segments):
        for name, make in source.VECTORS.items():
            file = HERE / f"{name}.json"
            text = wire.written(make())
            if check and (not file.exists() or file.read_text() != text):
                changed.append(file.name)
            elif not check:
                file.write_text(text)
    if changed:
        sys.exit(f"these vectors are not what is made today: {', '.join(changed)}")


if __name__ == "__main__":
    main()
