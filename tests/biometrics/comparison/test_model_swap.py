"""A deployer brings another embedder by editing the manifest alone: other file, other colour order, other scale."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from verify_service.biometrics.comparison.embedder import EMBEDDER_ROLE, Embedder
from verify_service.biometrics.comparison.net import EmbeddingNet, unit
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.media.sandbox import DecodeSandbox, SandboxPolicy


def net_of_another_make(source: Path, target: Path) -> str:
    """The shipped net behind another front: it wants BGR in −1…1 and turns that into what is inside. Returns its hash."""
    model = onnx.load(str(source))
    (inside,) = [i.name for i in model.graph.input]
    model.graph.input[0].name = "picture"
    constants = {"half": np.float32(127.5), "rgb": np.array([2, 1, 0], np.int64)}
    model.graph.initializer.extend(numpy_helper.from_array(np.asarray(v), n) for n, v in constants.items())
    front = [
        helper.make_node("Mul", ["picture", "half"], ["scaled"]),
        helper.make_node("Add", ["scaled", "half"], ["raw"]),
        helper.make_node("Gather", ["raw", "rgb"], [inside], axis=1),
    ]
    nodes = [*front, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    target.write_bytes(model.SerializeToString())
    return hashlib.sha256(target.read_bytes()).hexdigest()


def test_another_embedder_works_by_editing_the_manifest_alone(
    manifest: Manifest, demo_media: Callable[[str], Path], tmp_path: Path
) -> None:
    sha256 = net_of_another_make(manifest.verified(EMBEDDER_ROLE), tmp_path / "mine.onnx")
    (tmp_path / "manifest.toml").write_text(
        f"""
[{EMBEDDER_ROLE}]
kind = "model"
file = "mine.onnx"
sha256 = "{sha256}"
licence = "ours"
source = {{ local = "mine.onnx" }}
input = {{ size = 112, colour = "BGR", mean = 127.5, scale = 127.5 }}
""",
        "utf-8",
    )
    with DecodeSandbox(SandboxPolicy(required=False)) as sandbox:
        portrait = sandbox.photo(demo_media("media_portrait").read_bytes()).image
    crop = np.ascontiguousarray(portrait[:112, :112])

    theirs = Embedder.load(Manifest.load(tmp_path / "manifest.toml"))
    ours = EmbeddingNet.load(manifest, EMBEDDER_ROLE)

    expected = unit(ours.embed([crop, crop[:, ::-1]]).sum(axis=0))
    assert theirs.model_sha256 == sha256 != Embedder.load(manifest).model_sha256
    assert float(theirs.embed([crop])[0] @ expected) > 0.9999
