"""Proof of life for old-age allowances: a clip in, a signed annual confirmation out, people in between."""

__version__ = "0.1.0"
