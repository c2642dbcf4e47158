"""Bars of progress on a terminal; a line for every tenth of the way where the output is a file."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class Lines(Progress):
    """Says how far a task is in lines of text, at most ten a task."""

    def __init__(self, console: Console) -> None:
        super().__init__(console=console, disable=True)
        self._begun = time.monotonic()

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        before = self._tenths(task_id)
        super().advance(task_id, advance)
        if self._tenths(task_id) > before:
            task = self._tasks[task_id]
            seconds = time.monotonic() - self._begun
            self.console.print(f"{seconds:6.0f} s  {task.description}: {task.completed:,.0f} of {task.total or 0:,.0f}")

    def _tenths(self, task_id: TaskID) -> int:
        task = self._tasks[task_id]
        return int(10 * task.completed / task.total) if task.total else 0


def progress_for(output: TextIO = sys.stdout) -> Progress:
    """To be entered as a context; tasks are added and advanced by the parts."""
    console = Console(file=output, highlight=False)
    if not console.is_terminal:
        return Lines(console)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console)
