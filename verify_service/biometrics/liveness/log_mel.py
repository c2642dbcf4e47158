"""The picture of a sound that Whisper reads: 80 bands of mel, one column for each hundredth of a second.

Written here, on numpy alone, because importing faster_whisper for its extractor brings PyAV, a hub client and a progress
bar into every worker (0.3 s, 440 modules). A test holds it to values of theirs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.evidence import Vector

RATE_HZ = 16_000
HOP = 160
FFT = 400
BANDS = 80
COLUMNS_PER_SECOND = RATE_HZ // HOP

# The mel scale of Slaney's Auditory Toolbox (1998): linear to 1 kHz, then logarithmic.
_HERTZ_PER_MEL = 200.0 / 3
_KNEE_HERTZ = 1000.0
_KNEE_MEL = _KNEE_HERTZ / _HERTZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27.0
_TOP_MEL = 45.245640471924965  # 8 kHz


class LogMel:
    """Holds the filters and the window, 64 kB made once."""

    def __init__(self) -> None:
        self._filters = mel_filters()
        self._window = np.hanning(FFT + 1)[:-1].astype(np.float32)

    def __call__(self, samples: Vector) -> NDArray[np.float32]:
        """80 × (hundredths of a second + 1) values, about −1…1, scaled as Whisper was trained: 8 decades below the loudest.

        Raises ValueError for a sound shorter than a window's half: there is nothing to mirror at its edges.
        """
        return scaled(self.power(samples))

    def power(self, samples: Vector) -> NDArray[np.float32]:
        """The power in each band, 80 × columns, ≥ 0. Raises ValueError as above."""
        if len(samples) <= FFT // 2:
            raise ValueError(f"{len(samples)} samples are too few for a spectrum")
        # One hop of silence more, as faster_whisper pads; edges mirrored, as torch.stft(center=True) does.
        padded = np.pad(np.pad(samples.astype(np.float32), (0, HOP)), FFT // 2, mode="reflect")
        columns = np.lib.stride_tricks.sliding_window_view(padded, FFT)[::HOP]
        spectrum = np.fft.rfft(columns * self._window, axis=-1).astype(np.complex64)[:-1]
        mel: NDArray[np.float32] = self._filters @ (np.abs(spectrum) ** 2).T
        return mel


def scaled(mel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Power as Whisper reads it: logarithms to base 10 from 8 below the greatest, of which 4 is 1."""
    logarithm = np.log10(np.maximum(mel, 1e-10))
    return np.asarray((np.maximum(logarithm, logarithm.max() - 8.0) + 4.0) / 4.0, np.float32)


def mel_filters() -> NDArray[np.float32]:
    """80 × 201 triangles over the bins of the spectrum, each of equal area (Slaney's normalisation)."""
    edges = _hertz(np.linspace(0.0, _TOP_MEL, BANDS + 2))
    bins = np.fft.rfftfreq(FFT, 1.0 / RATE_HZ)
    ramps = edges[:, None] - bins[None, :]
    widths = np.diff(edges)
    rising = -ramps[:-2] / widths[:-1, None]
    falling = ramps[2:] / widths[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return (triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)


def _hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    logarithmic = _KNEE_HERTZ * np.exp(_LOG_STEP * (mels - _KNEE_MEL))
    return np.where(mels >= _KNEE_MEL, logarithmic, mels * _HERTZ_PER_MEL)
