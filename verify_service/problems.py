"""The one place that gives an error its HTTP status, its stable code, and what the caller can do (RFC 9457).

A slice adds a row: its error class, and the kind of problem. An error without a row is a fault of ours: 500 `internal`.
docs/api.md lists every code; a test holds both together.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
import sqlalchemy.exc

from verify_service.access import errors as access
from verify_service.cases import errors as cases
from verify_service.confirmation import errors as confirmation
from verify_service.consent import errors as consent
from verify_service.departments import errors as departments
from verify_service.enrolment import errors as enrolment
from verify_service.kit import blobs, body, idempotency, pagination, states
from verify_service.kit.problem import ProblemKind
from verify_service.residents import errors as residents
from verify_service.review import errors as review
from verify_service.rules import errors as rules
from verify_service.verification import errors as verification

INVALID_REQUEST = ProblemKind(
    "invalid-request",
    422,
    "The request is not well formed",
    "Correct the fields that `errors` names and send it again.",
)
NOT_FOUND = ProblemKind("not-found", 404, "There is nothing here", "Check the address against /docs.")
METHOD_NOT_ALLOWED = ProblemKind(
    "method-not-allowed", 405, "The method does not fit the address", "Use one of the methods that `Allow` names."
)
BAD_REQUEST = ProblemKind("bad-request", 400, "The request cannot be read", "Send it as HTTP and JSON prescribe.")
INTERNAL = ProblemKind(
    "internal",
    500,
    "Something went wrong here",
    "Nothing was stored. Try again; if it stays, name the X-Request-ID to us.",
)
UNAVAILABLE = ProblemKind(
    "unavailable",
    503,
    "The service cannot work just now",
    "Nothing was stored. Send the request again.",
    retry_after_seconds=2,
)

TOKEN_MISSING = ProblemKind("token-missing", 401, "A token is needed", "Send `Authorization: Bearer <token>`.")
TOKEN_INVALID = ProblemKind("token-invalid", 401, "The token is not valid", "Check the token, or ask for a new one.")
TOKEN_EXPIRED = ProblemKind("token-expired", 401, "The token has expired", "Ask for a new token.")
SCOPE_MISSING = ProblemKind("scope-missing", 403, "The token does not allow this", "Use a client that has the scope.")
STAFF_ONLY = ProblemKind("staff-only", 403, "This is for staff", "Use the token of a member of staff with the role.")
RATE_EXCEEDED = ProblemKind("rate-exceeded", 429, "Too many calls", "Wait for the seconds that `Retry-After` names.")

RESIDENT_NOT_FOUND = ProblemKind(
    "resident-not-found", 404, "There is no such resident", "Check number and name, or send the person to a counter."
)
BIOMETRICS_ERASED = ProblemKind(
    "biometrics-erased", 409, "The biometric data were erased", "Offer a counter or a home visit (assistance)."
)
ID_NUMBER_INVALID = ProblemKind("id-number-invalid", 422, "This is no ID number", "Ask for the number again.")
NAME_INVALID = ProblemKind("name-invalid", 422, "This is no name", "Ask for the name again.")
DISTRICT_INVALID = ProblemKind("district-invalid", 422, "This is no district", "Give the code of district or street.")
RESIDENT_DIFFERS = ProblemKind(
    "resident-differs", 409, "The resident is registered with other data", "Have the register corrected by staff."
)
IMPORT_INVALID = ProblemKind("import-invalid", 422, "The file cannot be taken", "Correct the file and send it again.")
FILE_TOO_LONG = ProblemKind("too-many-rows", 413, "The file has too many rows", "Send the rest in files of their own.")
IMPORT_FORM_UNKNOWN = ProblemKind(
    "unsupported-media-type", 415, "This kind of content is not taken", "Send one of the types that `detail` names."
)

CONSENT_MISSING = ProblemKind("consent-missing", 409, "The resident has not consented", "Record a consent first.")
CONSENT_TEXT_UNKNOWN = ProblemKind(
    "consent-text-unknown", 422, "There is no such text of consent", "Show the person a text that is in force."
)
PURPOSE_UNKNOWN = ProblemKind(
    "purpose-unknown", 422, "There is no such purpose", "Use a purpose of the rules in force."
)
NO_RULE_YET = ProblemKind(
    "no-rule-in-force", 409, "No rule holds on that day", "Ask for a day from which a rule holds."
)

REFERENCE_EXISTS = ProblemKind(
    "reference-exists", 409, "There is a reference already", "Have it replaced by staff; a second photo is not taken."
)
REFERENCE_NOT_FOUND = ProblemKind(
    "reference-not-found", 404, "There is no reference", "Send a photo, or offer a counter or a home visit."
)
PHOTO_TYPE_UNSUPPORTED = ProblemKind(
    "unsupported-media-type", 415, "This kind of content is not taken", "Send one of the types that `detail` names."
)
PHOTO_EMPTY = ProblemKind("photo-empty", 422, "There is no content", "Send the photo itself as the body.")
PHOTO_YEAR_IMPOSSIBLE = ProblemKind(
    "photo-year-impossible",
    422,
    "The photo cannot be of that year",
    "Give the year in which it was taken, or leave it out.",
)

CASE_NOT_FOUND = ProblemKind("case-not-found", 404, "There is no such case", "Look it up in the list of your cases.")
CASE_CLOSED = ProblemKind("case-closed", 409, "The case is closed", "Read what was decided; nothing more is needed.")
DECIDED_MEANWHILE = ProblemKind(
    "case-changed", 409, "Somebody else was faster", "Read the case again and decide on what it says now."
)
ASSIGNED_TO_ANOTHER = ProblemKind(
    "case-assigned", 409, "Somebody else has this case", "Ask them or a supervisor to give it back."
)
SECOND_PERSON_NEEDED = ProblemKind(
    "second-person-needed", 409, "A second person must look", "Leave the second opinion to a colleague."
)
SECOND_OPINION_BY_ROLE = ProblemKind(
    "second-opinion-by-role",
    403,
    "Your role gives no second opinion",
    "Leave it to one of the roles that `detail` names.",
)
ACTION_IMPOSSIBLE = ProblemKind(
    "action-impossible", 409, "The case does not allow this", "Choose one of the actions that `detail` names."
)
REASON_UNKNOWN = ProblemKind(
    "reason-unknown", 422, "This is no reason for that", "Choose one of the reasons that `detail` names."
)
ADVICE_UNKNOWN = ProblemKind(
    "advice-unknown", 422, "There is no such advice", "Choose one of the advice codes that `detail` names."
)
EVIDENCE_MISSING = ProblemKind(
    "evidence-not-found", 404, "The case has no such evidence", "Read the case: it names what there is."
)

BODY_TOO_LARGE = ProblemKind("too-large", 413, "The content is too large", "Send less.")
BODY_EMPTY = ProblemKind("clip-empty", 422, "There is no content", "Send the recording as the body.")
DIGEST_DIFFERS = ProblemKind(
    "digest-mismatch", 422, "The content was changed on its way", "Send the same content again; nothing was stored."
)
DIGEST_UNREADABLE = ProblemKind(
    "digest-unreadable", 400, "Content-Digest cannot be read", "See RFC 9530, or leave it out."
)
CURSOR_INVALID = ProblemKind("cursor-invalid", 422, "There is no such page", "Begin with the first page.")
KEY_REUSED = ProblemKind(
    "idempotency-key-reused",
    422,
    "The key was used with another request",
    "Use a fresh Idempotency-Key for each request.",
)
WRONG_STATE = ProblemKind(
    "wrong-state", 409, "This is not the moment for it", "Read the state again and go on from there."
)
GONE = ProblemKind("erased", 410, "The content was erased", "It cannot be had again.")

VERIFICATION_NOT_FOUND = ProblemKind(
    "verification-not-found", 404, "There is no such verification", "Check the id and the token that came with it."
)
ALREADY_CONFIRMED = ProblemKind("already-confirmed", 409, "A confirmation already stands", "Nothing needs to be done.")
CHALLENGE_EXPIRED = ProblemKind(
    "challenge-expired", 410, "The time for this sentence is over", "Ask for a new challenge; it costs no attempt."
)
CHALLENGE_USED = ProblemKind(
    "challenge-used", 409, "This sentence was already answered", "Read the status of the verification."
)
CLIP_TYPE_UNSUPPORTED = ProblemKind(
    "unsupported-media-type", 415, "This kind of content is not taken", "Send one of the types that `detail` names."
)
QUEUE_FULL = ProblemKind(
    "queue-full", 503, "Too many clips are waiting", "Send the clip again; nothing was stored.", retry_after_seconds=30
)
FIXED_CHALLENGE_REFUSED = ProblemKind(
    "fixed-challenge-refused", 403, "A fixed challenge is for demonstrations", "Leave it out."
)

CONFIRMATION_NOT_FOUND = ProblemKind(
    "confirmation-not-found", 404, "There is no such confirmation", "Check the id against the verification's answer."
)
CONFIRMATION_HELD = ProblemKind(
    "confirmation-suspended", 409, "The confirmation is suspended", "Wait until staff have restored or revoked it."
)
STATUS_LIST_NOT_FOUND = ProblemKind(
    "status-list-not-found", 404, "There is no such status list", "Take the address from the credential itself."
)
NOT_ACCEPTABLE = ProblemKind(
    "not-acceptable",
    406,
    "It is not given in that form",
    "Accept one of the types that `detail` names; there is no PDF yet.",
)
PURPOSE_NOT_ALLOWED = ProblemKind(
    "purpose-not-allowed", 403, "Not for that purpose", "Have an administrator allow the purpose to this client."
)

KINDS: Mapping[type[Exception], ProblemKind] = {
    access.TokenMissing: TOKEN_MISSING,
    access.TokenUnknown: TOKEN_INVALID,
    access.TokenExpired: TOKEN_EXPIRED,
    access.ScopeMissing: SCOPE_MISSING,
    access.StaffOnly: STAFF_ONLY,
    access.RateExceeded: RATE_EXCEEDED,
    residents.ResidentNotFound: RESIDENT_NOT_FOUND,
    residents.ResidentUnknown: RESIDENT_NOT_FOUND,
    residents.ResidentDiffers: RESIDENT_DIFFERS,
    residents.BiometricsErased: BIOMETRICS_ERASED,
    residents.IDNumberInvalid: ID_NUMBER_INVALID,
    residents.NameInvalid: NAME_INVALID,
    residents.DistrictInvalid: DISTRICT_INVALID,
    residents.ImportInvalid: IMPORT_INVALID,
    residents.TooManyRows: FILE_TOO_LONG,
    residents.FormUnknown: IMPORT_FORM_UNKNOWN,
    consent.ConsentMissing: CONSENT_MISSING,
    consent.ConsentTextUnknown: CONSENT_TEXT_UNKNOWN,
    rules.PurposeUnknown: PURPOSE_UNKNOWN,
    rules.NoRuleYet: NO_RULE_YET,
    enrolment.ReferenceExists: REFERENCE_EXISTS,
    enrolment.ReferenceUnknown: REFERENCE_NOT_FOUND,
    enrolment.PhotoTypeUnsupported: PHOTO_TYPE_UNSUPPORTED,
    enrolment.PhotoEmpty: PHOTO_EMPTY,
    enrolment.PhotoYearImpossible: PHOTO_YEAR_IMPOSSIBLE,
    cases.CaseUnknown: CASE_NOT_FOUND,
    review.CaseClosed: CASE_CLOSED,
    review.DecidedMeanwhile: DECIDED_MEANWHILE,
    review.AssignedToAnother: ASSIGNED_TO_ANOTHER,
    review.SecondPersonNeeded: SECOND_PERSON_NEEDED,
    review.SecondOpinionByRole: SECOND_OPINION_BY_ROLE,
    review.ActionImpossible: ACTION_IMPOSSIBLE,
    review.ReasonUnknown: REASON_UNKNOWN,
    review.AdviceUnknown: ADVICE_UNKNOWN,
    review.EvidenceMissing: EVIDENCE_MISSING,
    verification.VerificationNotFound: VERIFICATION_NOT_FOUND,
    verification.AlreadyConfirmedThisYear: ALREADY_CONFIRMED,
    verification.PurposeUnknown: PURPOSE_UNKNOWN,
    verification.WrongState: WRONG_STATE,
    verification.ChallengeExpired: CHALLENGE_EXPIRED,
    verification.ChallengeUsed: CHALLENGE_USED,
    verification.UnsupportedClipType: CLIP_TYPE_UNSUPPORTED,
    verification.ClipEmpty: BODY_EMPTY,
    verification.QueueFull: QUEUE_FULL,
    verification.FixedChallengeRefused: FIXED_CHALLENGE_REFUSED,
    confirmation.ConfirmationNotFound: CONFIRMATION_NOT_FOUND,
    confirmation.AlreadyConfirmed: ALREADY_CONFIRMED,
    confirmation.ConfirmationHeld: CONFIRMATION_HELD,
    confirmation.StatusListNotFound: STATUS_LIST_NOT_FOUND,
    confirmation.FormNotOffered: NOT_ACCEPTABLE,
    departments.PurposeNotAllowed: PURPOSE_NOT_ALLOWED,
    body.BodyTooLarge: BODY_TOO_LARGE,
    body.DigestDiffers: DIGEST_DIFFERS,
    body.DigestUnreadable: DIGEST_UNREADABLE,
    idempotency.KeyReused: KEY_REUSED,
    pagination.CursorInvalid: CURSOR_INVALID,
    states.StateLost: WRONG_STATE,
    states.MoveNotAllowed: WRONG_STATE,
    blobs.BlobMissing: GONE,
    # The database restarts, is full or has no connection left: deliberate and passing, so 503 and not 500.
    sqlalchemy.exc.OperationalError: UNAVAILABLE,
    sqlalchemy.exc.TimeoutError: UNAVAILABLE,
    psycopg.OperationalError: UNAVAILABLE,
}


def kind_of(error: Exception) -> ProblemKind | None:
    """The kind of problem of an error, by its class or the nearest one above it; None for what nobody foresaw."""
    return next((KINDS[each] for each in type(error).__mro__ if each in KINDS), None)


def all_kinds() -> list[ProblemKind]:
    """Every kind of problem that the API can answer, sorted by code."""
    general = (INVALID_REQUEST, NOT_FOUND, METHOD_NOT_ALLOWED, BAD_REQUEST, INTERNAL, UNAVAILABLE)
    return sorted({*general, *KINDS.values()}, key=lambda kind: kind.code)
