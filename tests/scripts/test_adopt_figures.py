from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scripts.adopt_figures import RunUnusable, stamped

SHIPPED = """# Limits.

[rule]
value = 2
date = 2026-01-01

[measured]
value = 1
origin = "a person's words"
counts = "3 of 4"
bound = "97 % at most"
figures = "00"
date = 2026-01-01
"""
PROPOSED: dict[str, Any] = {
    "rule": {"value": 2, "date": date(2026, 2, 1)},
    "measured": {
        "value": 1,
        "origin": "the run's words",
        "counts": "7 of 9",
        "bound": r"\1 of 9",
        "figures": "ff",
        "date": date(2026, 2, 1),
    },
}


def test_only_tables_that_tell_counts_are_stamped_with_what_the_run_found_of_them() -> None:
    assert (
        stamped(SHIPPED, PROPOSED, "ff")
        == """# Limits.

[rule]
value = 2
date = 2026-01-01

[measured]
value = 1
origin = "a person's words"
counts = "7 of 9"
bound = "\\\\1 of 9"
figures = "ff"
date = 2026-02-01
"""
    )


@pytest.mark.parametrize(
    "proposed", [{}, {"measured": {**PROPOSED["measured"], "figures": "00"}}], ids=["nothing", "of an earlier run"]
)
def test_a_run_that_did_not_measure_a_limit_that_rests_on_counts_is_not_adopted(proposed: dict[str, Any]) -> None:
    with pytest.raises(RunUnusable, match="measured"):
        stamped(SHIPPED, proposed, "ff")
