"""Claims: what speaks for and against what is said about the controls, and a sentence to quote with its caveats."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, html

from countermove.app import code, parts
from countermove.app.draft import DRAWS
from countermove.app.live import SEED, Recent
from countermove.app.view import Seen
from countermove.errors import CountermoveError

if TYPE_CHECKING:
    import dash

    from countermove.app.draft import Draft
    from countermove.app.runs import Desk
    from countermove.inference.claims import Judgement

_FIRST = "P01"

SEEN = (Seen("claim", "claim"),)
_SIDES = (("for", "What speaks for it"), ("against", "What speaks against it"), ("open", "What leaves it open"))
_KEPT: Recent[str, Judgement] = Recent(100)
_ONE_AT_A_TIME = Lock()


def layout(_: Draft) -> Any:
    """The page."""
    from countermove.inference.claims import claims

    known = {each.id: f"{each.id} {each.text}" + (f" ({each.by})" if each.by else "") for each in claims().values()}
    return [
        parts.heading("Claims"),
        dmc.Text(
            "Each claim is decided by code from rows of evidence and from the model’s run of history. The uncalibrated "
            "model alone decides none.",
            size="sm", mb="xs",
        ),
        parts.choice("claim", "Type or choose a claim", known, _FIRST, maxDropdownHeight=360,
                     nothingFoundMessage="No claim has these words"),
        dmc.Text(id="claim-wait", size="sm", c="dimmed", mt=4, **parts.aria(live="polite")),
        html.Div(id="claim-says", **parts.aria(live="polite")),
        parts.drawing("claim"),
        html.Div(id="claim-rows"),
        parts.python("claim-code"),
    ]  # fmt: skip


def register(app: dash.Dash, _desk: Desk) -> None:
    """Callbacks of the page."""

    @app.callback(
        Output("claim-says", "children"), Output({"drawing": "claim"}, "data"), Output("claim-rows", "children"),
        Output("claim-code", "children"), Input("claim", "value"), Input("screen", "data"),
        running=[
            (Output("page", "className"), "busy", ""),
            (Output("claim-wait", "children"), "Running its tests; the first claim of its kind takes longer …", ""),
        ],
    )  # fmt: skip
    def _show(id: str, screen: str | None) -> tuple[Any, Any, Any, str]:
        from countermove.figures.claim import claim

        judgement = decided(id)
        drawn = claim(judgement, draws=DRAWS[0], seed=SEED, screen=parts.screen_of(screen))
        return _verdict(judgement), parts.as_data(drawn), _rows(judgement), code.claim(id, DRAWS[0], SEED)


def decided(id: str) -> Judgement:
    """A claim with the outcome of its tests, kept once found.

    It takes no turn of the desk: whoever pulls a lever meanwhile does not wait for it.

    Raises:
        CountermoveError: no such claim.
    """
    from countermove.inference.claims import claims, judge

    if id not in claims():
        raise CountermoveError("choose a claim from the list")
    with _ONE_AT_A_TIME:
        return _KEPT.get(id) or _KEPT.put(id, judge([claims()[id]], draws=DRAWS[0], seed=SEED)[0])


def quote(judgement: Judgement) -> str:
    """One sentence to quote, with what must be said beside it."""
    from countermove._version import version
    from countermove.explore.simulate import evidence_date
    from countermove.inference.basis import basis_in_words

    claim = judgement.claim
    counts = ", ".join(f"{len(judgement.side(side))} {side}" for side, _ in _SIDES)
    said = f" ({claim.by})" if claim.by else ""
    why = f" {claim.not_testable}" if claim.not_testable else ""
    return (
        f"“{claim.text}”{said}: {judgement.verdict}; outcomes of its tests: {counts}.{why} countermove {version()}, "
        f"evidence to {evidence_date()}; model figures from {DRAWS[0]} draws, {basis_in_words()}."
    )


def _verdict(judgement: Judgement) -> Any:
    claim = judgement.claim
    by = [dmc.Text(f"Said by {claim.by}", size="sm", c="dimmed")] if claim.by else []
    rule = [dmc.Text(f"What decides it: {claim.decided_by}", size="sm", c="dimmed", mt=4)] if claim.decided_by else []
    return dmc.Paper(
        [
            dmc.Badge(judgement.verdict, variant="light"),
            dmc.Text(claim.text, fw=600, mt=6),
            *by,
            *rule,
            dmc.Text("To quote", size="sm", fw=600, mt=8),
            dmc.Blockquote(quote(judgement), p="xs", mt=4, fz="sm"),
        ],
        withBorder=True,
        p="sm",
        my="sm",
    )


def _rows(judgement: Judgement) -> Any:
    source = judgement.claim.source
    said = [dmc.Title("Where it was said", order=2, size="h5", mt="md"), parts.cited([source])] if source else []
    found: list[Any] = []
    for side, title in _SIDES:
        outcomes = judgement.side(side)
        if outcomes:
            items = [
                dmc.ListItem([dmc.Text(each.text, size="sm"), parts.cited(each.rows), _by_model(each.is_model)])
                for each in outcomes
            ]
            found += [dmc.Title(title, order=2, size="h5", mt="md"), dmc.List(items, size="sm", spacing="xs")]
    return [*found, *said]


def _by_model(is_model: bool) -> Any:
    return dmc.Text("model figure: median [10, 90 %] of the draws", size="xs", c="dimmed") if is_model else None
