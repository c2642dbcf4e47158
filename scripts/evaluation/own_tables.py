"""How a district's own rates are told: numbers, tables, plots, goals."""

from __future__ import annotations

from typing import Any

from scripts.evaluation.figures import Goal, Plot, Table
from scripts.evaluation.goals import at_least, at_most
from scripts.evaluation.own_rates import EVERYBODY, OwnRates
from scripts.evaluation.plots import bars, histogram
from verify_service.evaluation.intervals import Rate

GROUP_COLUMNS = {
    "confirmed": "Confirmed",
    "asked_again": "Asked again",
    "to_a_person": "To a person",
    "words_heard": "Words heard",
    "bpcer": "Taken for an attack (BPCER)",
}


def numbers(rates: OwnRates) -> dict[str, Any]:
    return {
        "people": len({one.person for one in rates.seen}),
        "genuine": len(rates.genuine),
        "impostor": len(rates.impostor),
        "limit": rates.limit,
        "reference_fta": rates.reference_fta,
        "clip_fta": rates.clip_fta,
        "fnmr": rates.fnmr,
        "fmr": rates.fmr,
        "groups": {name: rates.of(members) for name, members in rates.groups().items()},
        "reasons": dict(rates.reasons(rates.seen).most_common()),
    }


def tables(rates: OwnRates) -> list[Table]:
    return [_recognised(rates), _groups(rates), _reasons(rates)]


def plots(rates: OwnRates) -> list[Plot]:
    made = []
    if rates.genuine and rates.impostor:
        svg = histogram(rates.genuine, rates.impostor, {"limit in force": rates.limit}, bins=40)
        caption = "Left of the limit no clip is confirmed. Comparisons of two people must all lie left of it."
        made.append(Plot("Comparison scores", svg, caption))
    confirmed = {name: rates.of(members)["confirmed"] for name, members in rates.groups().items()}
    if confirmed:
        svg = bars(confirmed, x_label="clips confirmed at the first attempt")
        caption = "The thin line is the 95 % interval. Where two of them overlap, the groups cannot be told apart."
        made.append(Plot("Confirmed at the first attempt", svg, caption))
    return made


def goals(rates: OwnRates) -> list[Goal]:
    told = []
    if rates.fmr:
        told.append(at_most("Two people taken for one", rates.fmr, 1e-4))
    if rates.fnmr:
        told.append(at_most("Residents not recognised", rates.fnmr, 0.01))
    if rates.seen:
        told.append(at_least("Clips confirmed at the first attempt", rates.of(rates.seen)["confirmed"], 0.97))
    return told


def _recognised(rates: OwnRates) -> Table:
    rows = (
        ("reference photos that cannot be used (FTA)", rates.reference_fta.text),
        ("clips without a usable face (FTA)", _text(rates.clip_fta)),
        ("residents not recognised (FNMR)", _text(rates.fnmr)),
        ("two people taken for one (FMR)", _text(rates.fmr)),
    )
    note = (
        f"At the limit in force, {rates.limit:g}. For the FMR each clip is compared with everybody else's references."
    )
    return Table("Recognised or not", ("What", "Measured"), rows, note)


def _groups(rates: OwnRates) -> Table:
    rows = []
    for name, members in rates.groups().items():
        told = rates.of(members)
        rows.append((name, f"{len({one.person for one in members}):,}", *(told[key].text for key in GROUP_COLUMNS)))
    note = (
        "One attempt a clip; intervals by a bootstrap over people. A group of one is a person: look at small groups before "
        "you pass this page on."
    )
    return Table("By group", ("Group", "People", *GROUP_COLUMNS.values()), tuple(rows), note)


def _reasons(rates: OwnRates) -> Table:
    counts = {name: rates.reasons(members) for name, members in rates.groups().items()}
    reasons = [reason for reason, _ in counts.get(EVERYBODY, rates.reasons(())).most_common()]
    rows = tuple((reason, *(f"{counted[reason]:,}" for counted in counts.values())) for reason in reasons)
    return Table("Why not confirmed", ("Reason", *counts), rows, "Clips by reason; a clip may have several.")


def _text(rate: Rate | None) -> str:
    return rate.text if rate else "nothing to measure"
