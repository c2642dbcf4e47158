from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.biometrics.looking import Eye, Look
from verify_service.biometrics.comparison.embedder import Embedder, FusionUnusable
from verify_service.biometrics.comparison.template import ModelsDiffer, similarity
from verify_service.biometrics.evidence import Clip, Image, Template
from verify_service.biometrics.face.alignment import align
from verify_service.biometrics.inference.manifest import Manifest, file_sha256


def halves_net(folder: Path, name: str, size: int = 4) -> str:
    """A net that tells the light of the left and of the right half of a picture, so that a twin has another vector."""
    weights = np.zeros((2, 1, 1, size), np.float32)
    weights[0, ..., : size // 2] = weights[1, ..., size // 2 :] = 1
    nodes = [
        helper.make_node("ReduceMean", ["picture"], ["rows"], axes=[1, 2], keepdims=1),
        helper.make_node("Conv", ["rows", "halves"], ["vector"]),
    ]
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["batch", 3, size, size])],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weights, "halves")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, folder / f"{name}.onnx")
    return file_sha256(folder / f"{name}.onnx")


def manifest_of(folder: Path, entries: Mapping[str, tuple[str, Mapping[str, Any]]], size: int = 4) -> Manifest:
    """A manifest of embedders: role → name of the net and its fusion table."""
    lines = []
    for role, (name, fusion) in entries.items():
        table = ", ".join(f"{key} = {str(value).lower()}" for key, value in fusion.items())
        lines.append(
            f'[{role}]\nkind = "model"\nfile = "x"\nsha256 = "{file_sha256(folder / f"{name}.onnx")}"\nlicence = "own"\n'
            f'source = {{ local = "{name}.onnx" }}\ninput = {{ size = {size} }}\nfusion = {{ {table} }}\n'
        )
    path = folder / "manifest.toml"
    path.write_text("\n".join(lines), "utf-8")
    return Manifest.load(path)


def half_lit() -> Image:
    """Lit on its left half only; its twin on the right only."""
    crop = np.zeros((4, 4, 3), np.uint8)
    crop[:, :2] = 200
    return crop


def test_one_net_makes_templates_in_its_own_space(tmp_path: Path) -> None:
    sha256 = halves_net(tmp_path, "one")

    embedder = Embedder.load(manifest_of(tmp_path, {"face_embedder": ("one", {"mirrored": False})}))

    assert embedder.model_sha256 == sha256
    assert embedder.embed([half_lit()])[0] == pytest.approx([1, 0])


def test_the_similarity_of_fused_vectors_is_the_weighted_mean_of_the_nets(tmp_path: Path) -> None:
    halves_net(tmp_path, "one")
    halves_net(tmp_path, "two")
    # The first net, without twins, tells a picture from its twin (cosine 0); the second, with twins, does not (cosine 1).
    entries: dict[str, tuple[str, Mapping[str, Any]]] = {
        "face_embedder": ("one", {"weight": 3.0, "mirrored": False}),
        "face_embedder_second": ("two", {"weight": 1.0, "mirrored": True}),
    }
    embedder = Embedder.load(manifest_of(tmp_path, entries))

    first, second = embedder.embed([half_lit(), half_lit()[:, ::-1]])

    assert np.linalg.norm([first, second], axis=1) == pytest.approx([1, 1])
    assert first @ second == pytest.approx(0.25)


def test_a_reference_has_every_twin_in_it(tmp_path: Path) -> None:
    halves_net(tmp_path, "one")
    embedder = Embedder.load(manifest_of(tmp_path, {"face_embedder": ("one", {"mirrored": False})}))

    assert embedder.embed_references([half_lit()])[0] == pytest.approx([0.5**0.5, 0.5**0.5])


def test_a_smaller_net_sees_the_same_face_reduced(tmp_path: Path) -> None:
    halves_net(tmp_path, "one")
    embedder = Embedder.load(manifest_of(tmp_path, {"face_embedder": ("one", {"mirrored": False})}))

    large = np.repeat(np.repeat(half_lit(), 2, axis=0), 2, axis=1)

    assert embedder.embed([large])[0] == pytest.approx([1, 0])


def test_templates_of_other_nets_or_other_weights_do_not_compare(tmp_path: Path) -> None:
    halves_net(tmp_path, "one")
    halves_net(tmp_path, "two")
    spaces = []
    each: tuple[dict[str, tuple[str, Mapping[str, Any]]], ...] = (
        {"face_embedder": ("one", {})},
        {"face_embedder": ("two", {})},
        {"face_embedder": ("one", {}), "face_embedder_second": ("two", {})},
        {"face_embedder": ("two", {}), "face_embedder_second": ("one", {})},
        {"face_embedder": ("one", {"weight": 2.0}), "face_embedder_second": ("two", {})},
    )
    for entries in each:
        embedder = Embedder.load(manifest_of(tmp_path, entries))
        spaces.append(Template(embedder.embed([half_lit()])[0], embedder.model_sha256))

    assert len({space.model_sha256 for space in spaces}) == 5
    with pytest.raises(ModelsDiffer):
        similarity(spaces[2], spaces[4])


def test_a_space_is_named_alike_whatever_its_weights_add_up_to(tmp_path: Path) -> None:
    halves_net(tmp_path, "one")
    halves_net(tmp_path, "two")
    names = [
        Embedder.load(
            manifest_of(
                tmp_path, {"face_embedder": ("one", {"weight": w}), "face_embedder_second": ("two", {"weight": w})}
            )
        ).model_sha256
        for w in (0.5, 3.0)
    ]

    assert names[0] == names[1]


@pytest.mark.parametrize("fusion", [{"weight": 0}, {"weight": "inf"}, {"weight": "true"}, {"mirrored": 1}])
def test_a_fusion_table_that_says_nothing_is_refused_when_loading(fusion: Mapping[str, Any], tmp_path: Path) -> None:
    halves_net(tmp_path, "one")

    with pytest.raises(FusionUnusable):
        Embedder.load(manifest_of(tmp_path, {"face_embedder": ("one", fusion)}))


def test_a_face_and_its_mirrored_twin_have_one_reference(eye: Eye, talking_man: Clip, talking_man_seen: Look) -> None:
    seen = talking_man_seen.track.seen[0]
    crop = align(talking_man.frames[seen.frame].image, seen.place.points)

    vectors = eye.embedder.embed_references([crop, np.ascontiguousarray(crop[:, ::-1])])

    assert vectors[0] == pytest.approx(vectors[1], abs=1e-5)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1])


def test_a_crop_has_the_same_vector_alone_and_among_others(eye: Eye, talking_man: Clip, talking_man_seen: Look) -> None:
    crops = [align(talking_man.frames[s.frame].image, s.place.points) for s in talking_man_seen.track.seen[:3]]

    together = eye.embedder.embed(crops)

    assert eye.embedder.embed(crops[1:2])[0] == pytest.approx(together[1], abs=1e-5)


def test_no_crops_have_no_vector(eye: Eye) -> None:
    with pytest.raises(ValueError, match="no crops"):
        eye.embedder.embed([])
