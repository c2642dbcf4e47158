"""Templates: a face as a unit vector in the space of one model. Means beat single pictures (design notes MODELS §2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verify_service.biometrics.comparison.net import unit
from verify_service.biometrics.evidence import Template


class TemplateError(Exception):
    """Templates cannot be used as asked."""


class NoTemplates(TemplateError):
    def __init__(self) -> None:
        super().__init__("a mean over no templates is undefined")


class ModelsDiffer(TemplateError):
    """The vectors of two models lie in two spaces: a similarity between them is a number without a meaning."""

    def __init__(self, first_sha256: str, second_sha256: str) -> None:
        self.first_sha256, self.second_sha256 = first_sha256, second_sha256
        super().__init__(f"templates of two models do not compare: {first_sha256[:12]} and {second_sha256[:12]}")


def mean_template(templates: Sequence[Template]) -> Template:
    """The direction of the mean of several templates of one person. Raises NoTemplates or ModelsDiffer."""
    if not templates:
        raise NoTemplates
    for template in templates[1:]:
        same_model(templates[0], template)
    mean = np.mean([template.vector for template in templates], axis=0)
    return Template(unit(np.asarray(mean, np.float32)), templates[0].model_sha256)


def similarity(first: Template, second: Template) -> float:
    """Cosine, −1…1. Raises ModelsDiffer."""
    same_model(first, second)
    return float(np.dot(first.vector, second.vector))


def same_model(first: Template, second: Template) -> None:
    """Raises ModelsDiffer unless both templates are of one model."""
    if first.model_sha256 != second.model_sha256:
        raise ModelsDiffer(first.model_sha256, second.model_sha256)
