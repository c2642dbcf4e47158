from __future__ import annotations

from scripts.adopt_figures import stamped


def test_only_tables_that_tell_counts_are_stamped() -> None:
    text = 'a = 1\nfigures = "00"\n[b]\nvalue = 2\n[c]\nfigures = ""\n'

    assert stamped(text, "ff") == 'a = 1\nfigures = "ff"\n[b]\nvalue = 2\n[c]\nfigures = "ff"\n'
