"""A face's place in the picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """An upright rectangle in pixels of the picture; it may reach beyond the picture's edge."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def centre(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2

    @property
    def area(self) -> float:
        return self.width * self.height


def overlap_area(first: Box, second: Box) -> float:
    """Area in square pixels that two boxes share; 0 where they only touch."""
    width = min(first.right, second.right) - max(first.left, second.left)
    height = min(first.bottom, second.bottom) - max(first.top, second.top)
    return max(0.0, width) * max(0.0, height)


def intersection_over_union(first: Box, second: Box) -> float:
    """0 for boxes apart, 1 for equal boxes."""
    shared = overlap_area(first, second)
    union = first.area + second.area - shared
    return shared / union if union > 0 else 0.0


def blend(first: Box, second: Box, weight: float) -> Box:
    """The box on the straight way from `first` (weight 0) to `second` (weight 1)."""
    keep = 1.0 - weight
    return Box(
        keep * first.left + weight * second.left,
        keep * first.top + weight * second.top,
        keep * first.width + weight * second.width,
        keep * first.height + weight * second.height,
    )
