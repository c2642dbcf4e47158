from __future__ import annotations

import re
from dataclasses import replace

import pytest

from scripts.evaluation.figures import Figures, Goal, Table
from scripts.evaluation.kept import Found
from scripts.evaluation.page import own_ids, table
from scripts.evaluation.provenance import Provenance
from scripts.evaluation.report import NOT_MEASURED, Run, report
from verify_service.decision.thresholds import load_thresholds

ABOUT = Provenance("c0ffee" * 7, True, "2026-11-25T02:00:00+00:00", "AMD <EPYC>", 2, {"face_embedder": "ab" * 32})


@pytest.fixture
def run(figures: Figures) -> Run:
    found = Found(figures, "key", "2026-11-25T01:00:00+00:00", {"wall": 61.0, "cpu": 120.0})
    return Run(
        ABOUT, load_thresholds().limits, {"speech": found}, ("comparison", "speech"), False, "scripts/evaluate.py all"
    )


def test_the_page_has_a_section_for_each_part_and_an_entry_for_each_section(run: Run) -> None:
    page = report(run)

    sections = re.findall(r'<section id="([\w-]+)"', page)
    assert sections == ["summary", "comparison", "speech", "limits", "not-measured", "provenance"]
    assert re.findall(r'<li><a href="#([\w-]+)"', page) == sections


def test_the_page_loads_nothing_from_elsewhere(run: Run) -> None:
    page = report(run)

    assert not re.search(r"<(script|link|img|iframe)\b", page)
    assert not re.search(r'(src=|url\(|href=)"?(https?:)?//', page)


def test_the_summary_says_which_goals_are_met_and_which_could_not_be_told(run: Run) -> None:
    page = report(run)

    assert "Goals met: 1 of 2; missed: 0; too few trials to tell: 1." in page
    assert '<td>Right digits heard</td><td>≥ 95 %</td><td>99 of 100</td><td><b class="met">✓ yes</b></td>' in page
    assert "too few to tell</span>" in page


def test_a_missed_goal_is_said_to_be_missed(run: Run, figures: Figures) -> None:
    missed = replace(figures, goals=[Goal("Wrong digits heard", "≤ 0.1 %", "9 of 100", False)])

    page = report(replace(run, found={"speech": replace(run.found["speech"], figures=missed)}))

    assert "Goals met: 0 of 1; missed: 1." in page
    assert '<b class="unmet">✗ no</b>' in page


def test_a_part_that_was_not_measured_is_named_as_such(run: Run) -> None:
    page = report(run)

    assert "not measured in this run" in page
    assert "<code>scripts/evaluate.py comparison</code>" in page


def test_what_no_data_could_tell_is_listed(run: Run) -> None:
    page = report(run)

    assert all(sentence in page for sentence in NOT_MEASURED)


def test_text_of_tables_and_machines_is_never_taken_for_html(run: Run) -> None:
    page = report(run)

    assert "<td>&lt; 5 dB &amp; less</td>" in page
    assert "AMD &lt;EPYC&gt;" in page


def test_a_proposed_limit_stands_beside_the_one_in_force(run: Run) -> None:
    row = re.search(r"<tr><td>digits_margin_min</td>.*?</tr>", report(run))

    assert row
    assert ">-1.5</td>" in row[0]
    assert "own; digits/; 150 trials; ≤ 2.0 %" in row[0]


def test_a_quick_run_says_that_it_says_little(run: Run) -> None:
    assert "A quick run on a small sample" in report(replace(run, quick=True))
    assert "A quick run on a small sample" not in report(run)


def test_two_pictures_in_one_page_share_no_id() -> None:
    svg = '<svg><metadata>when</metadata><path id="m1"/><use xlink:href="#m1"/><g clip-path="url(#p2)"/></svg>'

    assert own_ids(svg, "a-0") == (
        '<svg><path id="a-0-m1"/><use xlink:href="#a-0-m1"/><g clip-path="url(#a-0-p2)"/></svg>'
    )


def test_an_empty_table_says_that_there_is_none() -> None:
    assert '<td colspan="2">none</td>' in table(Table("Missed", ("clip", "why"), ()))
