"""The reading of a Dockerfile: what it says, and that nothing is passed over which it does not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.dockerfile import Copy, Image, NotUnderstood, Stage, Step, copy_of, ignored, settle, stages

ROOT = Path(__file__).resolve().parents[2]


def settled(*lines: str) -> Image:
    image = Image()
    for step in stages("\n".join(["FROM base", *lines]))[0].steps:
        image = settle(image, step)
    return image


def test_stages_have_their_names_or_their_numbers() -> None:
    found = stages("FROM debian AS one\nRUN true\nFROM debian\nUSER nobody\n")

    assert found == [
        Stage("one", "debian", (Step(2, "RUN", "true"),)),
        Stage("1", "debian", (Step(4, "USER", "nobody"),)),
    ]


def test_continued_lines_are_one_step_and_comments_between_them_are_none() -> None:
    (stage,) = stages("# first\nFROM debian\nRUN one \\\n# between\n && two \\\n\n && three\n")

    assert stage.steps == (Step(7, "RUN", "one  && two  && three"),)


@pytest.mark.parametrize(
    "line",
    [
        "ARG version=1",
        "ADD a b",
        "SHELL ['/bin/bash']",
        "RUN --mount=type=cache,target=/x true",
        'RUN ["true"]',
        "RUN <<EOF",
        "WORKDIR $HOME",
        "FROM --platform=linux/arm64 debian",
        "RUN never ends \\",
        "# escape=`",
    ],
)
def test_what_is_not_known_stops_the_reading(line: str) -> None:
    with pytest.raises(NotUnderstood, match=r"line 2"):
        stages(f"FROM debian\n{line}\n")


@pytest.mark.parametrize(
    "line", ["ENV name value", "EXPOSE 80/udp", "HEALTHCHECK NONE", "HEALTHCHECK --shell=x CMD true"]
)
def test_a_setting_in_another_form_stops_the_reading(line: str) -> None:
    with pytest.raises(NotUnderstood, match=r"line 2"):
        settled(line)


def test_a_step_before_the_first_stage_is_refused() -> None:
    with pytest.raises(NotUnderstood, match="RUN before FROM"):
        stages("RUN true\n")


def test_settings_follow_each_other() -> None:
    image = settled("ENV A=1 B='two words'", "WORKDIR /app", "ENV A=3", "WORKDIR sub", "USER app", "VOLUME /app/var")

    assert (image.workdir, image.user, image.volumes) == ("/app/sub", "app", ("/app/var",))
    assert {name: image.environment[name] for name in ("A", "B")} == {"A": "3", "B": "two words"}


def test_a_list_is_run_as_it_is_and_a_line_by_the_shell() -> None:
    assert settled('CMD ["serve", "now"]').command == ("serve", "now")
    assert settled("CMD serve $NOW").command == ("/bin/sh", "-c", "serve $NOW")


def test_a_health_check_is_its_command_without_the_times() -> None:
    assert settled("HEALTHCHECK --interval=15s --retries=3 \\", '  CMD ["ok"]').health == ("ok",)


def test_copies_come_from_the_context_or_a_stage() -> None:
    assert copy_of(Step(1, "COPY", "a b/c target/")) == Copy(("a", "b/c"), "target/", None)
    assert copy_of(Step(1, "COPY", "--from=one /a a")) == Copy(("/a",), "a", "one")


@pytest.mark.parametrize("rest", ["--chown=1:1 a b", "a", "*.py b/", "--from=one --from=two a b"])
def test_a_copy_in_another_form_is_refused(rest: str) -> None:
    with pytest.raises(NotUnderstood):
        copy_of(Step(1, "COPY", rest))


@pytest.mark.parametrize(
    ("path", "is_out"),
    [
        ("var/secret.pem", True),
        ("tests/conftest.py", True),
        ("a/b/__pycache__/c.pyc", True),
        ("__pycache__/c.pyc", True),
        ("docs/plan.md", True),
        ("docs/keep.md", False),
        ("docs/deep/plan.md", False),
        ("verify_service/various.py", False),
    ],
)
def test_ignored_files_are_those_of_the_last_pattern_that_fits(path: str, is_out: bool) -> None:
    patterns = ["# a comment", "", "var", "/tests/", "**/__pycache__", "docs/*.md", "!docs/keep.md"]

    assert ignored(path, patterns) is is_out


def test_our_dockerfile_ends_in_an_image_that_is_not_roots() -> None:
    image = Image()
    for step in stages((ROOT / "Dockerfile").read_text("utf-8"))[-1].steps:
        image = settle(image, step)

    assert image.user == "verify"
    assert image.command == ("verify-service", "serve")
    assert image.health
    assert image.environment["VERIFY_ENVIRONMENT"] == "production"
    assert image.volumes == ("/app/var",)


def test_our_context_holds_no_key_and_no_face() -> None:
    patterns = (ROOT / ".dockerignore").read_text("utf-8").splitlines()

    for path in (".git/config", "var/keys/vault.toml", "models/cache/media/obama.jpg", "tests/data/clip.mp4", ".env"):
        assert ignored(path, patterns), path
