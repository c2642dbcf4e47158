"""How a network is run: one ONNX Runtime session per model, one thread, memory that does not grow."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

# ONNX Runtime's own wheels send usage events to their maker and keep a device id, unless they are told not to before they
# are loaded (their Privacy.md). A service that looks at faces sends nothing to anybody. This is the one module that loads it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime as ort


class InferenceSession(Protocol):
    """What a model class needs of its runtime. A Triton/KServe client can stand here instead."""

    def run(self, inputs: dict[str, NDArray[Any]]) -> list[NDArray[Any]]: ...

    @property
    def input_names(self) -> Sequence[str]: ...


class ProviderMissing(Exception):
    """The wanted execution provider is not the one in use."""

    def __init__(self, wanted: str, found: Sequence[str]) -> None:
        self.wanted, self.found = wanted, tuple(found)
        super().__init__(f"ONNX Runtime was asked for {wanted} but runs on {', '.join(found) or 'nothing'}")


class ONNXSession:
    """ONNX Runtime with one intra-op thread: a worker process is the unit of parallelism (DESIGN §9)."""

    def __init__(self, path: Path, *, provider: str = "CPUExecutionProvider", threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = True
        options.log_severity_level = 3
        self._session = ort.InferenceSession(str(path), options, providers=[provider])
        in_use = self._session.get_providers()
        # A silent fall-back to CPU is the known complaint of GPU deployments.
        if not in_use or in_use[0] != provider:
            raise ProviderMissing(provider, in_use)
        self._inputs = tuple(i.name for i in self._session.get_inputs())

    @property
    def input_names(self) -> Sequence[str]:
        return self._inputs

    def run(self, inputs: dict[str, NDArray[Any]]) -> list[NDArray[Any]]:
        return [np.asarray(output) for output in self._session.run(None, inputs)]
