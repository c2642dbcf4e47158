#!/usr/bin/env python3
"""Write the lists of the documentation from the code's own tables: docs/api.md, and README's table of settings.

`--check` writes nothing and exits 1 where a list is not what the code says; a test runs it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from verify_service.problems import all_kinds  # noqa: E402
from verify_service.review.case_reasons import CASE_REASONS  # noqa: E402
from verify_service.settings import Settings  # noqa: E402
from verify_service.verification.advice import SENTENCES  # noqa: E402

BEGIN, END = "<!-- {name}: written by scripts/write_docs.py -->", "<!-- end of {name} -->"


def problems() -> Iterator[str]:
    yield "| code | status | what happened | what to do |"
    yield "|---|---|---|---|"
    for kind in sorted({k.code: k for k in all_kinds()}.values(), key=lambda k: k.code):
        yield f"| `{kind.code}` | {kind.status} | {kind.title} | {kind.action} |"


def advice() -> Iterator[str]:
    yield "| code | 简体 | 繁體（粵） | English |"
    yield "|---|---|---|---|"
    for code, texts in SENTENCES.items():
        yield f"| `{code}` | {texts['zh-Hans']} | {texts['zh-Hant']} | {texts['en']} |"


def reasons() -> Iterator[str]:
    yield "| code | what staff read |"
    yield "|---|---|"
    for code, texts in CASE_REASONS.items():
        yield f"| `{code}` | {texts.en} |"


def settings() -> Iterator[str]:
    yield "| variable | default | what it sets |"
    yield "|---|---|---|"
    for name, field in Settings.model_fields.items():
        default = "one a core" if field.default_factory else f"`{field.default}`" if field.default is not None else "–"
        yield f"| `VERIFY_{name.upper()}` | {default} | {field.description} |"


LISTS = {
    "docs/api.md": {"problems": problems, "advice": advice, "reasons": reasons},
    "README.md": {"settings": settings},
}


def rewritten(path: str, text: str) -> str:
    """The document with its lists as the code says. Raises ValueError where a list has no place in it."""
    for name, lines in LISTS[path].items():
        begin, end = BEGIN.format(name=name), END.format(name=name)
        head, _, rest = text.partition(begin)
        _, found, tail = rest.partition(end)
        if not found:
            raise ValueError(f"{path} has no place for the list of {name}")
        text = head + begin + "\n" + "\n".join(lines()) + "\n" + end + tail
    return text


def main(check: Annotated[bool, typer.Option(help="Only tell whether the lists are right.")] = False) -> None:
    """Write the lists."""
    wrong = []
    for path in LISTS:
        before = (ROOT / path).read_text("utf-8")
        after = rewritten(path, before)
        if after != before:
            wrong.append(path)
            if not check:
                (ROOT / path).write_text(after, "utf-8")
    if check and wrong:
        typer.echo(f"not what the code says: {', '.join(wrong)}; run scripts/write_docs.py", err=True)
        raise typer.Exit(1)
    typer.echo("lists are right" if check else f"written: {', '.join(wrong) or 'nothing to change'}")


if __name__ == "__main__":
    typer.run(main)
