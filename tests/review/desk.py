"""A desk with work on it: residents enrolled, clips sent and handed over by the machine, staff who look at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select

from tests.residents.api import API, Caller, row
from verify_service.biometrics.evidence import Assessment, Challenge, Check, CheckResult, Template
from verify_service.confirmation.keys import Signer
from verify_service.decision.odds import load_odds
from verify_service.decision.thresholds import load_thresholds
from verify_service.enrolment.jobs import embed_reference
from verify_service.kit.office import Office
from verify_service.verification.process import Judge, process
from verify_service.verification.records import AttemptRecord

MODEL = "a" * 64
PHOTO = b"\xff\xd8\xff" + b"the enrolled photo" * 20
CLIP = b"\0\0\0\x18ftypmp42" + b"the clip that was sent" * 200
FRAME = b"\xff\xd8\xff" + b"the best frame" * 20


class UnsureEye:
    """Finds every face good and none like enough to its reference: the machine hands each clip over."""

    embedder_sha256 = MODEL

    def embed(self, photo: bytes) -> Template:
        del photo
        return Template(np.array([1.0, 0.0], dtype=np.float32), MODEL)

    def assess(self, clip: bytes, references: Sequence[Template], challenge: Challenge) -> Assessment:
        del clip, references, challenge
        comparison = Check("comparison", CheckResult.FAIL, 0.21, 0.45, "comparison", "embedder")
        models = {"face_embedder": MODEL, "face_templates": load_odds().model_sha256}
        return Assessment((comparison,), models=models, best_frame=FRAME)


@dataclass(frozen=True)
class Handed:
    """A case that the machine handed over, with its verification."""

    case_id: str
    verification_id: str
    resident_ref: str
    phone: Caller

    @property
    def url(self) -> str:
        return f"/v1/cases/{self.case_id}"

    def status(self) -> Any:
        return self.phone("GET", f"/v1/verifications/{self.verification_id}").json()


class Desk:
    """The API over an office, with a mobile client, a registry and staff."""

    def __init__(self, api: API, signer: Signer) -> None:
        self.api, self.office = api, api.office
        self._judge = Judge(UnsureEye(), load_thresholds(), signer)
        self._registry, self._mobile = api.client("registry"), api.client("mobile")

    def enrolled(self, count: int, district: str = "440304") -> str:
        ref = str(self._registry("POST", "/v1/residents", json=row(count, district=district)).json()["resident_ref"])
        given = {"purpose": "enrolment", "text_version": "enrolment-2026-11"}
        self._registry("POST", f"/v1/residents/{ref}/consents", json=given)
        sent = self._registry(
            "PUT", f"/v1/residents/{ref}/reference", content=PHOTO, headers={"Content-Type": "image/jpeg"}
        )
        embed_reference(self.office, UnsureEye(), UUID(sent.json()["reference_id"]))
        return ref

    def handed_over(self, count: int = 1, district: str = "440304") -> Handed:
        """A resident's clip that the machine was unsure about."""
        ref = self.enrolled(count, district)
        opened = self._open(ref)
        phone = self.api.with_token(opened["token"])
        mp4 = {"Content-Type": "video/mp4"}
        phone("PUT", f"/v1/verifications/{opened['id']}/clip", content=CLIP + bytes([count]), headers=mp4)
        process(self.office, self._judge, _attempt(self.office, opened["id"]))
        return self._handed(opened["id"], ref, phone)

    def without_reference(self, count: int = 1) -> Handed:
        """A resident without a photo, whose verification went to staff at once."""
        ref = str(self._registry("POST", "/v1/residents", json=row(count)).json()["resident_ref"])
        opened = self._open(ref)
        return self._handed(opened["id"], ref, self.api.with_token(opened["token"]))

    def wanting_a_person(self, count: int = 1) -> str:
        """The case of a resident who asked for a call, without any verification."""
        ref = str(self._registry("POST", "/v1/residents", json=row(count)).json()["resident_ref"])
        wish = {"kind": "call", "note": "先打给女儿"}
        return str(self._mobile("POST", f"/v1/residents/{ref}/assistance", json=wish).json()["case_id"])

    def _open(self, ref: str) -> Any:
        asked = {
            "resident_ref": ref,
            "purpose": "old-age-allowance",
            "consent": {"text_version": "verification-2026-11"},
        }
        return self._mobile("POST", "/v1/verifications", json=asked).json()

    def _handed(self, verification_id: str, ref: str, phone: Caller) -> Handed:
        supervisor = self.api.staff("supervisor", f"fixture {ref}")
        cases = supervisor("GET", "/v1/cases?limit=200").json()["items"]
        details = [supervisor("GET", f"/v1/cases/{case['case_id']}").json() for case in cases]
        (case,) = [d for d in details if (d["verification"] or {}).get("id") == verification_id]
        return Handed(case["case_id"], verification_id, ref, phone)


def _attempt(office: Office, verification_id: str) -> UUID:
    with office.transaction() as session:
        return session.scalars(
            select(AttemptRecord.id).where(AttemptRecord.verification_id == UUID(verification_id))
        ).one()
