#!/usr/bin/env python3
"""Stands in for curl where a machine has none (a bare Debian): the options that the README's tour uses, and no others."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import httpx


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("-s", action="store_true")
    parser.add_argument("-X", dest="method")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="data")
    parser.add_argument("--data-binary", dest="file")
    asked = parser.parse_args()
    body = Path(asked.file.removeprefix("@")).read_bytes() if asked.file else (asked.data or "").encode()
    headers = dict(header.split(": ", 1) for header in asked.headers)
    method = asked.method or ("POST" if body else "GET")
    answer = httpx.request(method, asked.url, headers=headers, content=body or None, timeout=60)
    sys.stdout.write(answer.text)


if __name__ == "__main__":
    main()
