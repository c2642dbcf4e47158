"""The limits that the eye is given. Their values, with origin and date, stand in `decision/thresholds.toml` and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """One field a limit; the name tells quantity, unit and direction. Every stage takes this value and reads its own fields.

    A score equal to its limit passes.
    """

    clip_seconds_min: float
    clip_seconds_max: float
    comparison_similarity_min: float
    face_seen_share_min: float
    second_face_ratio_min: float
    second_face_share_max: float
    face_width_pixels_min: float
    face_inside_share_min: float
    face_luma_min: float
    face_luma_max: float
    face_sharpness_min: float
    face_yaw_degrees_max: float
    landmarks_presence_min: float
    face_uncovered_share_min: float
    mouth_tint_distance_max: float
    eye_light_ratio_min: float
    lip_movement_min: float
    lip_frames_min: int
    blink_depth_min: float
    lip_range_min: float
    motion_frames_min: int
    same_person_similarity_min: float
    sound_level_dbfs_min: float
    speech_seconds_per_word_min: float
    digits_margin_min: float
    digits_fit_min: float
    sentence_gain_min: float
    lip_sound_correlation_min: float
    presentation_score_min: float
    presentation_frames_min: int
    near_duplicate_picture_distance_max: float
    near_duplicate_sound_distance_max: float
