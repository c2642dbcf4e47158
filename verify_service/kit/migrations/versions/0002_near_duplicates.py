"""Fingerprints of clips, and which clip repeats which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("resident_ref", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("keys", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name="fk_fingerprints_attempt_id"),
        sa.ForeignKeyConstraint(["resident_ref"], ["residents.id"], name="fk_fingerprints_resident_ref"),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_fingerprints"),
    )
    op.create_index(
        "ix_fingerprints_keys",
        "fingerprints",
        ["keys"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index("ix_fingerprints_resident_ref", "fingerprints", ["resident_ref"])
    op.create_index("ix_fingerprints_taken_at", "fingerprints", ["taken_at"])
    op.create_table(
        "near_duplicates",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("other_attempt_id", sa.Uuid(), nullable=False),
        sa.Column("picture_distance", sa.Double(), nullable=True),
        sa.Column("sound_distance", sa.Double(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name="fk_near_duplicates_attempt_id"),
        sa.ForeignKeyConstraint(["other_attempt_id"], ["attempts.id"], name="fk_near_duplicates_other_attempt_id"),
        sa.PrimaryKeyConstraint("attempt_id", "other_attempt_id", name="pk_near_duplicates"),
    )


def downgrade() -> None:
    op.drop_table("near_duplicates")
    op.drop_table("fingerprints")
