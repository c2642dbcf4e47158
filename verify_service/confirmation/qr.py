"""The credential as a QR code, for paper and for a relative's phone. Its text is the JWT itself, and nothing else."""

from __future__ import annotations

import io

import segno

# M restores 15 % of the code; a fold or a stamp costs less. With our 670 to 700 characters that is version 21, 101 modules
# a side: printed 5 cm wide a module is 0.5 mm. L would save 12 modules and restore 7 %. Measured in November 2026 on 20
# credentials at four sizes: OpenCV's finder-pattern decoder (QRCodeDetectorAruco) read 80 of 80 at L, M and Q alike, its
# older decoder 64, 68 and 52.
ERROR_CORRECTION = "M"
PIXELS_A_MODULE = 10
QUIET_ZONE_MODULES = 4  # ISO/IEC 18004


def qr_of(text: str) -> segno.QRCode:
    return segno.make_qr(text, error=ERROR_CORRECTION, boost_error=False)


def png_of(text: str) -> bytes:
    """A PNG of about 1,100 × 1,100 pixels, black on white with the quiet zone around it."""
    file = io.BytesIO()
    qr_of(text).save(file, kind="png", scale=PIXELS_A_MODULE, border=QUIET_ZONE_MODULES)
    return file.getvalue()
