"""The real nursery on a machine that has no libseccomp: importing pyseccomp fails there as it fails here."""

from __future__ import annotations

import sys

sys.modules["pyseccomp"] = None  # type: ignore[assignment]

from verify_service.biometrics.media.nursery import main  # noqa: E402

if __name__ == "__main__":
    main()
