"""/docs: the API's reference as one page of HTML, made of its OpenAPI description. No script, nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
section{border-top:1px solid #ccc;padding:1rem 0}
h3 code{background:#eee;padding:.1rem .4rem}
pre{background:#f5f5f5;padding:.8rem;overflow:auto;font-size:14px}
details{margin:.4rem 0}
"""


def reference_page(openapi: dict[str, Any]) -> str:
    """The page for an OpenAPI 3.1 description."""
    info = openapi["info"]
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(info["title"])}</title>',
        f"<style>{STYLE}</style></head><body><h1>{escape(info['title'])} {escape(info['version'])}</h1>",
        f"<p>{escape(info.get('description', ''))}</p>",
        '<p>For machines: <a href="/openapi.json">/openapi.json</a>.</p>',
        *_operations(openapi),
        "<h2>Schemas</h2>",
        *_schemas(openapi),
        "</body></html>",
    ]
    return "\n".join(parts)


def _operations(openapi: dict[str, Any]) -> Iterator[str]:
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield f"<section><h3><code>{method.upper()} {escape(path)}</code> {escape(operation.get('summary', ''))}</h3>"
            yield f"<p>{escape(operation.get('description', ''))}</p>"
            yield from _parameters(operation)
            if "requestBody" in operation:
                yield _block("Body", operation["requestBody"].get("content", {}))
            for status, answer in operation["responses"].items():
                yield _block(f"{status} {answer.get('description', '')}", answer.get("content", {}))
            yield "</section>"


def _parameters(operation: dict[str, Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", []):
        needed = "" if parameter.get("required") else " (optional)"
        about = parameter.get("description", "")
        yield f"<p><code>{escape(parameter['name'])}</code> in {escape(parameter['in'])}{needed}: {escape(about)}</p>"


def _schemas(openapi: dict[str, Any]) -> Iterator[str]:
    for name, schema in openapi.get("components", {}).get("schemas", {}).items():
        yield f'<div id="{escape(name)}">{_block(name, schema)}</div>'


def _block(title: str, content: Any) -> str:
    if not content:
        return f"<p>{escape(title)}</p>"
    text = escape(json.dumps(content, indent=1, ensure_ascii=False))
    return f"<details><summary>{escape(title)}</summary><pre>{text}</pre></details>"
