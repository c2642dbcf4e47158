"""First light: all tables of the first release, the triggers of the audit log, and procrastinate's own schema."""

from __future__ import annotations

import hashlib

import procrastinate.schema
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A migration must do tomorrow what it did today: a procrastinate with another schema needs a migration of its own.
PROCRASTINATE_SHA256 = "c70ec4b400a60ad9592787653aae5ae77ae41bf801d56b5bd2712751a07f2009"  # of 3.10


# In the order in which they can be dropped.
TABLES = (
    "clip_digests",
    "attempts",
    "verifications",
    "case_decisions",
    "access_log",
    "tokens",
    "life_evidence",
    "enrolment_references",
    "department_purposes",
    "consents",
    "confirmations",
    "cases",
    "staff",
    "residents",
    "idempotency_keys",
    "clients",
    "audit_head",
    "audit_entries",
)


FORBID_CHANGES = """
CREATE FUNCTION audit_forbid_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % of % is forbidden', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION audit_forbid_changes();
CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_forbid_changes();
CREATE FUNCTION audit_head_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.count <= OLD.count OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'the head of the audit log only moves on';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_head_moves_on();
"""

ALLOW_CHANGES = """
DROP TRIGGER IF EXISTS audit_head_moves_on ON audit_head;
DROP TRIGGER IF EXISTS audit_head_stays ON audit_head;
DROP TRIGGER IF EXISTS audit_entries_append_only ON audit_entries;
DROP FUNCTION IF EXISTS audit_head_moves_on();
DROP FUNCTION IF EXISTS audit_forbid_changes();
"""


class ProcrastinateChanged(Exception):
    def __init__(self) -> None:
        super().__init__(
            "procrastinate's schema is not that of 3.10: keep the old one for this migration and add another"
        )


def upgrade() -> None:
    procrastinate_up()
    op.create_table(
        "audit_entries",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=100), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=True),
        sa.Column("resident_ref", sa.Uuid(), nullable=True),
        sa.Column("facts_text", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_audit_entries_sequence_positive")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_entries")),
    )
    op.create_index(op.f("ix_audit_entries_event"), "audit_entries", ["event"], unique=False)
    op.create_index(
        "ix_audit_entries_resident_ref",
        "audit_entries",
        ["resident_ref"],
        unique=False,
        postgresql_where=sa.text("resident_ref IS NOT NULL"),
    )
    op.create_index(op.f("ix_audit_entries_subject"), "audit_entries", ["subject"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "clients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("scopes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
        sa.UniqueConstraint("name", name=op.f("uq_clients_name")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "residents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("id_number_digest", sa.LargeBinary(), nullable=False),
        sa.Column("name_digest", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("birth_on", sa.Date(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("identity_key", sa.String(), nullable=False),
        sa.Column("biometric_key", sa.String(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residents")),
        sa.UniqueConstraint("id_number_digest", name=op.f("uq_residents_id_number_digest")),
    )
    op.create_index(op.f("ix_residents_district"), "residents", ["district"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("districts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_name")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("resident_ref", sa.Uuid(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("verification_id", sa.Uuid(), nullable=True),
        sa.Column("wish", sa.String(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("due_by", sa.Date(), nullable=False),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["resident_ref"], ["residents.id"], name=op.f("fk_cases_resident_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_list", "cases", ["district", "state", "due_by", "id"], unique=False)
    op.create_index(
        "uq_cases_one_open_per_verification",
        "cases",
        ["verification_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index(
        "uq_cases_one_open_per_wish",
        "cases",
        ["resident_ref", "wish"],
        unique=True,
        postgresql_where=sa.text("state <> 'closed' AND verification_id IS NULL"),
    )
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_ref", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("method", sa.String(length=30), nullable=False),
        sa.Column("verification_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("status_list", sa.Integer(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("credential_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["resident_ref"], ["residents.id"], name=op.f("fk_confirmations_resident_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sa.UniqueConstraint("status_list", "status_index", name=op.f("uq_confirmations_status_list_status_index")),
    )
    op.create_index(
        "ix_confirmations_not_valid",
        "confirmations",
        ["status_list"],
        unique=False,
        postgresql_where=sa.text("state IN ('suspended', 'superseded', 'revoked')"),
    )
    op.create_index(op.f("ix_confirmations_resident_ref"), "confirmations", ["resident_ref"], unique=False)
    op.create_index(
        "ix_confirmations_running",
        "confirmations",
        ["valid_until"],
        unique=False,
        postgresql_where=sa.text("state = 'valid'"),
    )
    op.create_index(op.f("ix_confirmations_verification_id"), "confirmations", ["verification_id"], unique=False)
    op.create_index(
        "uq_confirmations_one_standing",
        "confirmations",
        ["resident_ref", "purpose", "year"],
        unique=True,
        postgresql_where=sa.text("state IN ('valid', 'suspended')"),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_ref", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("helper_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["resident_ref"], ["residents.id"], name=op.f("fk_consents_resident_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_in_force", "consents", ["resident_ref", "purpose", "given_at"], unique=False)
    op.create_table(
        "department_purposes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_department_purposes_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department_purposes")),
        sa.UniqueConstraint("client_id", "purpose", name=op.f("uq_department_purposes_client_id_purpose")),
    )
    op.create_table(
        "enrolment_references",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_ref", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("photo_path", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("byte_size", sa.Integer(), nullable=False),
        sa.Column("photo_year", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("template_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("model_sha256", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["resident_ref"], ["residents.id"], name=op.f("fk_enrolment_references_resident_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_references")),
    )
    op.create_index("ix_enrolment_references_resident_ref", "enrolment_references", ["resident_ref"], unique=False)
    op.create_index(
        "uq_enrolment_references_one_standing",
        "enrolment_references",
        ["resident_ref"],
        unique=True,
        postgresql_where=sa.text("state IN ('pending', 'active')"),
    )
    op.create_table(
        "life_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_ref", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("strength", sa.String(length=20), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("verification_id", sa.Uuid(), nullable=True),
        sa.Column("recorder_kind", sa.String(length=20), nullable=False),
        sa.Column("recorder_id", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["resident_ref"], ["residents.id"], name=op.f("fk_life_evidence_resident_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_life_evidence")),
    )
    op.create_index("ix_life_evidence_resident", "life_evidence", ["resident_ref", "observed_on"], unique=False)
    op.create_index(
        "uq_life_evidence_one_per_verification",
        "life_evidence",
        ["verification_id"],
        unique=True,
        postgresql_where=sa.text("verification_id IS NOT NULL"),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(client_id IS NULL) <> (staff_id IS NULL)", name=op.f("ck_tokens_one_holder")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_tokens_client_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_tokens_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("prefix", name=op.f("uq_tokens_prefix")),
    )
    op.create_index(op.f("ix_tokens_client_id"), "tokens", ["client_id"], unique=False)
    op.create_index(op.f("ix_tokens_staff_id"), "tokens", ["staff_id"], unique=False)
    op.create_table(
        "access_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_ref", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("confirmation_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_access_log_client_id")),
        sa.ForeignKeyConstraint(["confirmation_id"], ["confirmations.id"], name=op.f("fk_access_log_confirmation_id")),
        sa.ForeignKeyConstraint(["resident_ref"], ["residents.id"], name=op.f("fk_access_log_resident_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    op.create_index("ix_access_log_resident", "access_log", ["resident_ref", "asked_at"], unique=False)
    op.create_table(
        "case_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("advice", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_decisions_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_decisions")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_case_decisions_case_id_number")),
    )
    op.create_table(
        "verifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_ref", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("token_serial", sa.Integer(), nullable=False),
        sa.Column("attempts_allowed", sa.Integer(), nullable=False),
        sa.Column("attempts_used", sa.Integer(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("advice", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("confirmation_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_verifications_client_id")),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_verifications_consent_id")),
        sa.ForeignKeyConstraint(["resident_ref"], ["residents.id"], name=op.f("fk_verifications_resident_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifications")),
    )
    op.create_index(
        "ix_verifications_at_work",
        "verifications",
        ["state"],
        unique=False,
        postgresql_where=sa.text("state IN ('uploaded', 'processing')"),
    )
    op.create_index(op.f("ix_verifications_resident_ref"), "verifications", ["resident_ref"], unique=False)
    op.create_index(
        "uq_verifications_open",
        "verifications",
        ["resident_ref", "purpose", "year"],
        unique=True,
        postgresql_where=sa.text("state IN ('created', 'in_review', 'processing', 'retry', 'uploaded')"),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("verification_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("challenge_locale", sa.String(length=2), nullable=False),
        sa.Column("challenge_digits", sa.String(length=12), nullable=True),
        sa.Column("challenge_sentence", sa.String(length=400), nullable=True),
        sa.Column("challenge_text", sa.String(length=400), nullable=False),
        sa.Column("is_fixed_challenge", sa.Boolean(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clip_path", sa.String(length=200), nullable=True),
        sa.Column("clip_digest", sa.LargeBinary(), nullable=True),
        sa.Column("clip_byte_size", sa.Integer(), nullable=True),
        sa.Column("clip_media_type", sa.String(length=40), nullable=True),
        sa.Column("is_replay", sa.Boolean(), nullable=False),
        sa.Column("processing_starts", sa.Integer(), nullable=False),
        sa.Column("assessment", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("decision", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("best_frame_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["verification_id"], ["verifications.id"], name=op.f("fk_attempts_verification_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("clip_path", name=op.f("uq_attempts_clip_path")),
        sa.UniqueConstraint("verification_id", "number", name=op.f("uq_attempts_verification_id_number")),
    )
    op.create_index(op.f("ix_attempts_verification_id"), "attempts", ["verification_id"], unique=False)
    op.create_table(
        "clip_digests",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("verification_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_clip_digests_attempt_id")),
        sa.ForeignKeyConstraint(
            ["verification_id"], ["verifications.id"], name=op.f("fk_clip_digests_verification_id")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_clip_digests")),
    )
    op.execute(FORBID_CHANGES)


def downgrade() -> None:
    op.execute(ALLOW_CHANGES)
    for table in TABLES:
        op.drop_table(table)
    procrastinate_down()


def procrastinate_up() -> None:
    schema = procrastinate.schema.SchemaManager.get_schema()
    if hashlib.sha256(schema.encode()).hexdigest() != PROCRASTINATE_SHA256:
        raise ProcrastinateChanged
    # As it is, without looking for parameters: the schema holds per cent signs and colons.
    op.get_bind().connection.cursor().execute(schema)


def procrastinate_down() -> None:
    """procrastinate has no way back of its own: everything that carries its name goes."""
    op.execute(
        """
        DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers CASCADE;
        DO $$ DECLARE each regprocedure; BEGIN
            FOR each IN SELECT oid::regprocedure FROM pg_proc WHERE proname LIKE 'procrastinate_%' LOOP
                EXECUTE 'DROP FUNCTION ' || each || ' CASCADE';
            END LOOP;
        END $$;
        DROP TYPE IF EXISTS procrastinate_job_event_type, procrastinate_job_status, procrastinate_job_to_defer_v1 CASCADE;
        """
    )
