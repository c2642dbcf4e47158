"""The report's page, its tables and its pictures as HTML."""

from __future__ import annotations

import re
from html import escape

from scripts.evaluation.figures import Plot, Table

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light; }}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; max-width: 58rem; padding: 2rem 1.5rem 4rem; color: #1c1f23; background: #fff;
  font: 16px/1.55 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }}
h1 {{ margin: 0; font-size: 2rem; letter-spacing: -.01em; }}
h2 {{ margin: 3.2rem 0 .6rem; padding-top: .8rem; border-top: 2px solid #1c1f23; font-size: 1.45rem; }}
h3 {{ margin: 2rem 0 .5rem; font-size: 1.05rem; }}
p, ul {{ max-width: 46rem; }}
.facts, .about, .note, figcaption {{ color: #55606b; }}
nav ul {{ display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: 1.2rem 0 0; padding: 0; list-style: none; }}
a {{ color: #0b5cad; text-decoration: none; }}
a:hover {{ text-decoration: underline; }}
code {{ padding: .05em .3em; border-radius: 3px; background: #f2f4f6; font-size: .9em; overflow-wrap: anywhere; }}
.wide {{ overflow-x: auto; }}
table {{ width: 100%; border-collapse: collapse; font-size: .875rem; line-height: 1.4; }}
th {{ border-bottom: 1.5px solid #9aa4ae; color: #3a444e; font-weight: 600; text-align: left; vertical-align: bottom; }}
td {{ border-bottom: 1px solid #e6e9ec; vertical-align: top; }}
th, td {{ padding: .38rem .9rem .38rem 0; }}
.goals th:nth-child(1) {{ width: 14%; }}
.goals th:nth-child(2) {{ width: 24%; }}
.goals th:nth-child(3) {{ width: 14%; }}
.goals th:nth-child(5) {{ width: 14%; }}
td.number {{ font-variant-numeric: tabular-nums; }}
.note, figcaption {{ margin: .5rem 0 0; max-width: 46rem; font-size: .875rem; }}
.met {{ color: #00704f; white-space: nowrap; }}
.unmet {{ color: #b3400a; white-space: nowrap; }}
.open {{ color: #7a858f; white-space: nowrap; }}
figure {{ margin: 0 0 2rem; }}
figure svg {{ display: block; width: 100%; max-width: 46rem; height: auto; }}
@media print {{ h2 {{ break-after: avoid; }} figure, tr {{ break-inside: avoid; }} nav {{ display: none; }} }}
</style>
</head>
<body>
<header><h1>{title}</h1><p class="facts">{facts}</p></header>
<nav><ul>{contents}</ul></nav>
<main>{body}</main>
</body>
</html>
"""


def table(one: Table) -> str:
    """A table under its title, with its note below. Rows are text and are escaped."""
    head = "".join(f"<th>{escape(column)}</th>" for column in one.columns)
    rows = "".join("<tr>" + "".join(_cell(text) for text in row) + "</tr>" for row in one.rows)
    rows = rows or f'<tr><td colspan="{len(one.columns)}">none</td></tr>'
    title = f"<h3>{escape(one.title)}</h3>" if one.title else ""
    note = f'<p class="note">{escape(one.note)}</p>' if one.note else ""
    return f'{title}<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{note}'


def figure(plot: Plot, name: str) -> str:
    """A plot under its title, with its caption below. `name` tells it apart within the page."""
    picture = own_ids(plot.svg, name)
    caption = f"<figcaption>{escape(plot.caption)}</figcaption>" if plot.caption else ""
    return f"<h3>{escape(plot.title)}</h3><figure>{picture}{caption}</figure>"


def own_ids(svg: str, name: str) -> str:
    """The picture with ids of its own: in one page, two pictures' "axes_1" or clip paths would be taken for each other."""
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, count=1, flags=re.DOTALL)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    return re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", svg)


def _cell(text: str) -> str:
    kind = ' class="number"' if re.match(r"[\d−-]", text) else ""
    return f"<td{kind}>{escape(text)}</td>"
