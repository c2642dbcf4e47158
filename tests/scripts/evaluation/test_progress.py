from __future__ import annotations

import io

from scripts.evaluation.progress import progress_for


def test_into_a_file_progress_is_at_most_ten_lines_a_task() -> None:
    output = io.StringIO()

    with progress_for(output) as progress:
        task = progress.add_task("pictures", total=200)
        for _ in range(200):
            progress.advance(task)

    lines = output.getvalue().splitlines()
    assert len(lines) == 10
    assert lines[-1].endswith("pictures: 200 of 200")
