"""`verify-service`: the command line. Each command imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from verify_service import __version__
from verify_service.admin.commands import app as admin
from verify_service.cli import begin, plain_refusals

app = typer.Typer(
    name="verify-service",
    help="Proof of life for old-age allowances.",
    add_completion=False,
    # An error's locals could hold a name or a key.
    pretty_exceptions_enable=False,
)
app.add_typer(admin, name="admin")

ReportFD = Annotated[int | None, typer.Option(hidden=True)]


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False
) -> None:
    if version:
        print(__version__)
    elif context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def serve() -> None:
    """Run everything: the database, the API and the workers."""
    from verify_service.supervisor import serve as run

    with plain_refusals():
        run(begin())


@app.command()
def api(socket_fd: Annotated[int | None, typer.Option(hidden=True)] = None, report_fd: ReportFD = None) -> None:
    """Run the API alone, over VERIFY_DATABASE_URL."""
    from verify_service.api import run
    from verify_service.child import REFUSED, reporter

    with plain_refusals(REFUSED):
        run(begin(), reporter(report_fd), socket_fd)


@app.command()
def worker(report_fd: ReportFD = None) -> None:
    """Run one worker alone, over VERIFY_DATABASE_URL."""
    from verify_service.child import REFUSED, reporter
    from verify_service.worker import run

    with plain_refusals(REFUSED):
        run(begin(), reporter(report_fd))


@app.command()
def assess(
    clip: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The clip: mp4, mov or webm.")],
    reference: Annotated[list[str], typer.Option(help="A photo, or a moment of a clip: PHOTO or CLIP@SECONDS.")],
    digits: Annotated[str | None, typer.Option(help="The digits that were asked for.")] = None,
    sentence: Annotated[str | None, typer.Option(help="The sentence that was asked for.")] = None,
    locale: Annotated[
        Literal["en", "zh"] | None,
        typer.Option(help="The language in which it was asked. Left out: zh for a sentence in Chinese, else en."),
    ] = None,
) -> None:
    """Look at one clip and print what the machine would decide, as JSON."""
    from verify_service import assess as eye
    from verify_service.biometrics.evidence import Challenge

    if (digits is None) == (sentence is None):
        raise typer.BadParameter("give either --digits or --sentence")
    with plain_refusals():
        settings = begin(quiet=True)
        challenge = Challenge(locale=locale or eye.language_of(sentence), digits=digits, sentence=sentence)
        required = settings.sandbox_required
        eye.print_report(eye.assess(clip, reference, challenge, settings.manifest, sandbox_required=required))


def main() -> None:
    app()


if __name__ == "__main__":
    main()
