"""What the clips of the GRID corpus say: their names spell it (Cooke, Barker, Cunningham, Shao 2006)."""

from __future__ import annotations

# GRID's grammar: command, colour, preposition, letter, digit, adverb, each by its first letter.
GRID_WORDS = (
    {"b": "bin", "l": "lay", "p": "place", "s": "set"},
    {"b": "blue", "g": "green", "r": "red", "w": "white"},
    {"a": "at", "b": "by", "i": "in", "w": "with"},
    {letter: letter for letter in "abcdefghijklmnopqrstuvxyz"},
    dict(
        zip("z123456789", ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], strict=True)
    ),
    {"a": "again", "n": "now", "p": "please", "s": "soon"},
)


def sentence_of(name: str) -> str:
    """What a GRID clip says: its name, such as "bbaf2n", spells it. Raises KeyError for another name."""
    return " ".join(words[letter] for words, letter in zip(GRID_WORDS, name, strict=True))
