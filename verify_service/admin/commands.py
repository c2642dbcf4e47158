"""`verify-service admin …`: what a person with the machine's keys in hand can do. Other modules here add commands."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from verify_service.cli import begin, plain_refusals

app = typer.Typer(help="Clients, staff, keys, audit, database.", no_args_is_help=True, pretty_exceptions_enable=False)
audit = typer.Typer(help="The audit log.", no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(audit, name="audit")

Role = Literal["clerk", "approver", "supervisor", "auditor", "administrator"]
Days = Annotated[int, typer.Option(min=1, help="How long the token is valid.")]


@app.command()
def create_client(
    name: Annotated[str, typer.Argument(help="What the client is called, for example 'the app'.")],
    scopes: Annotated[
        list[str], typer.Option(help="What it may do: mobile, registry, validate, overview. Repeated, or with commas.")
    ],
    purposes: Annotated[
        list[str] | None, typer.Option(help="What it may validate confirmations for. Repeated, or with commas.")
    ] = None,
    days: Days = 365,
) -> None:
    """Create a client and print its token, once."""
    from verify_service.access import service
    from verify_service.admin.context import ADMIN, office
    from verify_service.departments.purposes import allow

    wanted = [scope for each in scopes for scope in each.split(",")]
    allowed = [purpose for each in purposes or [] for purpose in each.split(",")]
    if "validate" in wanted and not allowed:
        raise typer.BadParameter("a client that validates needs --purposes, for example old-age-allowance")
    with plain_refusals(), office(begin(quiet=True)) as it, it.transaction() as session:
        client = service.create_client(session, it, name, wanted, ADMIN)
        if allowed:
            session.flush()  # the client's row comes before its purposes
            allow(session, it, client.id, allowed, ADMIN)
        token = service.issue_token(session, it, client, ADMIN, days=days)
    print(token)


@app.command()
def create_staff(
    name: Annotated[str, typer.Argument(help="The person's name: decisions are made by persons.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")],
    district: Annotated[
        list[str] | None, typer.Option(help="Code of a district; may be repeated. Default: all.")
    ] = None,
    days: Days = 90,
) -> None:
    """Create a member of staff and print the token, once."""
    from verify_service.access import service
    from verify_service.admin.context import ADMIN, office

    with plain_refusals(), office(begin(quiet=True)) as it, it.transaction() as session:
        staff = service.create_staff(session, it, name, role, district or None, ADMIN)
        token = service.issue_token(session, it, staff, ADMIN, days=days)
    print(token)


@app.command()
def revoke_token(prefix: Annotated[str, typer.Argument(help="The eight characters after `vs_`.")]) -> None:
    """Revoke a token at once and for good."""
    from verify_service.access import service
    from verify_service.admin.context import ADMIN, office

    with plain_refusals(), office(begin(quiet=True)) as it, it.transaction() as session:
        service.revoke_token(session, it, prefix, ADMIN)
    print(f"revoked {prefix}")


@app.command()
def rotate_token(
    prefix: Annotated[str, typer.Argument(help="The eight characters after `vs_` of the token in use.")],
    overlap_hours: Annotated[int, typer.Option(min=0, help="How long the old token still works.")] = 24,
    days: Days = 365,
) -> None:
    """Print a new token for the same holder; the old one still works for a while."""
    from verify_service.access import service
    from verify_service.admin.context import ADMIN, office

    with plain_refusals(), office(begin(quiet=True)) as it, it.transaction() as session:
        token = service.rotate_token(session, it, prefix, ADMIN, overlap=timedelta(hours=overlap_hours), days=days)
    print(token)


@app.command()
def create_keys() -> None:
    """Make the keys of this deployment: for sealing, looking up and signing. Keys that exist are never overwritten."""
    from verify_service import wiring
    from verify_service.confirmation.key_files import create_key
    from verify_service.kit.clock import SystemClock
    from verify_service.kit.randomness import SystemRandomness

    with plain_refusals():
        settings = begin(quiet=True)
        vault_key = wiring.create_keys(settings.keys, settings.environment)
        signing_key = create_key(settings.keys, settings.environment, SystemClock(), SystemRandomness())
    print(f"{settings.keys}: {vault_key} (sealing), {signing_key.kid} (signing)")
    print("Keep a copy apart from the database's: without these keys nothing can be opened again.")


@app.command()
def create_signing_key() -> None:
    """Make a newer signing key. From the next start on it signs; what the older ones signed still stands."""
    from verify_service.confirmation.key_files import create_key
    from verify_service.kit.clock import SystemClock
    from verify_service.kit.randomness import SystemRandomness

    with plain_refusals():
        settings = begin(quiet=True)
        key = create_key(settings.keys, settings.environment, SystemClock(), SystemRandomness())
    print(f"{key.kid} signs from the next start on")


@app.command()
def revoke_signing_key(kid: Annotated[str, typer.Argument(help="The key's id.")]) -> None:
    """Revoke a stolen signing key: from the next start on, nothing that it signed stands, here or offline."""
    from verify_service.confirmation.key_files import revoke_key
    from verify_service.kit.clock import SystemClock

    with plain_refusals():
        revoke_key(begin(quiet=True).keys, kid, SystemClock())
    print(f"{kid} is revoked from the next start on")


@app.command()
def validate(
    file: Annotated[
        Path, typer.Argument(help="The credential: its text, what its QR code says, or the service's JSON.")
    ],
    id_number: Annotated[
        str, typer.Option(help="ID number of the card that is shown; - reads it from standard input.")
    ],
    jwks: Annotated[Path, typer.Option(help="The service's public keys, from /.well-known/jwks.json.")],
    status_list: Annotated[
        Path | None, typer.Option(help="The credential's status list. Without one, revocation is not checked.")
    ] = None,
    purpose: Annotated[str, typer.Option(help="What the confirmation must be for.")] = "old-age-allowance",
    accept_demo: Annotated[
        bool, typer.Option("--accept-demo", help="Also accept what a demonstration issued; it proves nothing.")
    ] = False,
) -> None:
    """Check a confirmation offline. Prints JSON; exit code 0 if it stands, 1 if not, 2 if an input cannot be read."""
    from verify_service.admin.validate import run

    raise typer.Exit(run(file, id_number, jwks, status_list, purpose=purpose, accept_demo=accept_demo))


@app.command()
def migrate() -> None:
    """Bring the database to the shape that this version needs."""
    from verify_service.admin.context import migrated

    with plain_refusals(), migrated(begin(quiet=True)) as (_, revision):
        print(f"the database is at {revision}")


@audit.command("verify")
def verify_audit(
    head: Annotated[
        list[str] | None, typer.Option(help="A head noted earlier, <count>:<hash>; may be repeated.")
    ] = None,
) -> None:
    """Walk through the whole chain. Exit code 1 if anything was changed, taken out, moved or cut off."""
    from verify_service.admin.context import office
    from verify_service.audit.verification import Head, verify

    try:
        noted = [Head.parse(text) for text in head or []]
    except ValueError as error:
        raise typer.BadParameter("a head is written <count>:<64 hex digits>") from error
    with plain_refusals(), office(begin(quiet=True)) as it, it.sessions() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        report = verify(session, it.vault, noted=noted)
    for fault in report.faults:
        print(fault)
    print(f"{'whole' if report.whole else 'NOT WHOLE'}: {report.head.count} entries, head {report.head}")
    raise typer.Exit(0 if report.whole else 1)
