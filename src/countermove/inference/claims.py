"""Claims, each decided by code from evidence and results: what speaks for it, what against, and what the model says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from countermove import _yaml
from countermove.errors import CountermoveError, nearest
from countermove.evidence import citation, table
from countermove.inference._claim_model import ModelFigures, quantities_of
from countermove.inference._claim_tests import Context, Outcome, run_test
from countermove.inference.facts import Finding, compute

FILE = Path(__file__).parent / "claims.yaml"

Verdict = Literal["supported", "contradicted", "disputed", "undecided", "not testable"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim and the tests that decide it. `by` and `source`: who said it when, and the row that records it."""

    id: str
    text: str
    kind: str
    decided_by: str
    by: str
    source: str
    tests: tuple[Mapping[str, Any], ...]
    not_testable: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """A claim with the outcome of every test."""

    claim: Claim
    outcomes: tuple[Outcome, ...]

    @property
    def verdict(self) -> Verdict:
        """From the outcomes alone.

        Not testable without a test; disputed if some speak for and some against; supported or contradicted if all that
        speak do so alike and at least as many speak as are open; else undecided. The uncalibrated model alone, without
        a row of evidence on either side, decides nothing.
        """
        if not self.claim.tests:
            return "not testable"
        pro, contra, open_ = (self.side(side) for side in ("for", "against", "open"))
        if all(outcome.is_model for outcome in (*pro, *contra)):
            return "undecided"
        if pro and contra:
            return "disputed"
        if len(pro) + len(contra) < max(1, len(open_)):
            return "undecided"
        return "supported" if pro else "contradicted"

    def side(self, side: str) -> tuple[Outcome, ...]:
        """The outcomes that speak for, against, or are open."""
        return tuple(outcome for outcome in self.outcomes if outcome.side == side)


@cache
def claims() -> Mapping[str, Claim]:
    """The claims of claims.csv and the public ones.

    Raises:
        CountermoveError: a claim without tests in the file, or tests without a claim; a source that does not exist.
    """
    content = dict(_yaml.load(FILE))
    public = content.pop("public")
    rows = {row["id"]: row for row in table("claims")}
    for id in set(rows).symmetric_difference(content):
        raise CountermoveError(f"{FILE.name}: {id} stands {'in the table' if id in rows else 'here'} alone")
    found = {
        id: Claim(id, row["claim"], row["kind"], row["what decides it"], "", "", tuple(content[id]), "")
        for id, row in rows.items()
    }
    for id, entry in public.items():
        citation(entry["source"])
        reason = str(entry.get("not_testable", ""))
        found[id] = Claim(id, entry["claim"], "public", "", entry["by"], entry["source"], tuple(entry["tests"]), reason)
    return found


def judge(chosen: Sequence[Claim], *, draws: int, seed: int) -> tuple[Judgement, ...]:
    """Run the tests of the claims; scenarios are simulated on the same draws, only those that are needed.

    Raises:
        CountermoveError: a test names a row, quantity, fact or scenario that does not exist.
    """
    from countermove import model

    known = model.build().quantities
    tests = [test for claim in claims().values() for test in claim.tests if test["kind"] == "model"]
    quantities = dict.fromkeys(name for test in tests for name in quantities_of(test, known))
    ids = tuple(dict.fromkeys(test["id"] for claim in chosen for test in claim.tests if test["kind"] == "fact"))
    kept: dict[str, Finding] = {}

    def findings() -> Mapping[str, Finding]:
        if not kept:
            kept.update({finding.row["id"]: finding for finding in compute(draws=draws, seed=seed, only=ids)})
        return kept

    context = Context(ModelFigures(tuple(sorted(quantities)), draws, seed), findings)
    return tuple(
        Judgement(claim, tuple(outcome for test in claim.tests for outcome in run_test(test, context)))
        for claim in chosen
    )


def find(text: str) -> tuple[Claim, ...]:
    """Claims with this id, or with all of these words in the claim or its author; all if `text` is empty.

    Raises:
        CountermoveError: none; names the nearest.
    """
    known = claims()
    if text.upper() in known:
        return (known[text.upper()],)
    words = text.casefold().split()
    found = tuple(c for c in known.values() if all(word in f"{c.text} {c.by}".casefold() for word in words))
    if not found:
        close = nearest(text, [claim.text for claim in known.values()])
        hint = f"; the nearest is: {close[0]}" if close else "; `countermove claims` lists them all"
        raise CountermoveError(f"no claim has the words '{text}'{hint}")
    return found


def as_json(judgements: Sequence[Judgement]) -> dict[str, Any]:
    """Claims with verdict and evidence as plain values."""
    return {"claims": [_plain(each) for each in judgements]}


def _plain(each: Judgement) -> dict[str, Any]:
    claim = each.claim
    return {
        "id": claim.id,
        "claim": claim.text,
        "kind": claim.kind,
        "by": claim.by,
        "verdict": each.verdict,
        "reason": claim.not_testable,
        "decided_by": claim.decided_by,
        **{side: [_outcome(outcome) for outcome in each.side(side)] for side in ("for", "against", "open")},
        "model": [outcome.text for outcome in each.outcomes if outcome.is_model],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {"text": outcome.text, "rows": list(outcome.rows), "date": outcome.dated}
