"""Sensitivity, value of information and discovery as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.table import Table

from countermove.cli._numbers import number

if TYPE_CHECKING:
    from countermove.decide.discovery import Discovery
    from countermove.decide.factors import Factor
    from countermove.decide.information import Information
    from countermove.decide.sensitivity import Sensitivity
    from countermove.results import Origin

_SHOWN = 15


def sensitivity(found: Sensitivity) -> Iterator[Table]:
    """A table for each measure: indices of the strongest groups, with their 95 % intervals."""
    from countermove.decide._sensitivity_tables import order

    for place, measure in enumerate(found.measures):
        title = f"{found.title(place)} ({found.words}), {measure.unit}"
        table = Table(title=title, title_justify="left")
        table.add_column("what is varied")
        table.add_column("alone\n(first order)", justify="right")
        table.add_column("with interactions\n(total)" if found.indices else "fair share\n(Shapley)", justify="right")
        shown = order(found, place)[:_SHOWN]
        if not found.indices:
            effects = found.shapley[place]
            shown = [row for _, row in sorted(zip(-effects.value, effects.rows, strict=True))]
        for group in shown:
            table.add_row(found.groups[group][0].replace("_", " "), *_cells(found, place, group))
        yield table


def _cells(found: Sensitivity, measure: int, group: int) -> list[str]:
    at = (measure, group)
    if found.indices:
        four = found.indices
        return [
            f"{value[at]:.2f} ± {half[at]:.2f}"
            for value, half in ((four.first, four.first_interval), (four.total, four.total_interval))
        ]
    first, effects = found.first_order, found.shapley[measure]
    assert first is not None
    row = effects.rows.index(group)
    return [
        f"{first.value[at]:.2f} [{first.low[at]:.2f} … {first.high[at]:.2f}]",
        f"{effects.value[row]:.2f} [{effects.low[row]:.2f} … {effects.high[row]:.2f}]",
    ]


def sensitivity_notes(found: Sensitivity) -> Iterator[str]:
    """The verdict, and what the indices leave out."""
    if found.indices:
        verdict = found.indices.convergence.verdict
        yield f"{verdict[:1].upper()}{verdict[1:]}."
        for place, measure in enumerate(found.measures):
            first = found.indices.first[place].sum()
            yield (
                f"{measure.name}: {first:.0%} of the variance is of single groups, the rest of their interactions; "
                f"mean {number(found.indices.mean[place])}, standard deviation "
                f"{number(found.indices.variance[place] ** 0.5)} {measure.unit}."
            )
    if found.screening:
        kept = len(found.screening.kept)
        yield (
            f"Screened {len(found.factors)} numbers at {found.screening.points:,} points; the {kept} with the "
            "largest elementary effects have indices of their own."
        )
    for place, effects in enumerate(found.shapley):
        yield f"{found.measures[place].name}: {effects.unexplained:.0%} is not explained by the parameters shown."
    for measure, never in zip(found.measures, found.never, strict=True):
        if never:
            yield f"{measure.name}: in {never:.0%} it does not come within the horizon and counts as its end."


def information(found: Information) -> Iterator[Table]:
    """The scenarios by their mean, then the parameters by what knowing them is worth."""
    unit = found.objective.unit
    choices = Table(title=f"{found.objective.title(difference=False)}, {unit}", title_justify="left")
    choices.add_column("scenario")
    for column in ("mean ± standard error", "best in"):
        choices.add_column(column, justify="right")
    for name, mean, error, share in zip(found.scenarios, found.means, found.errors, found.each_best, strict=True):
        choices.add_row(name, f"{number(mean)} ± {number(error)}", f"{share:.0%}")
    yield choices
    table = Table(title=f"What knowing it is worth, {unit} [95 % interval]", title_justify="left")
    table.add_column("what is known")
    for column in ("worth", "changes the choice"):
        table.add_column(column, justify="right")
    known = [("everything", found.perfect)]
    known += [(found.factors[row].name.replace("_", " "), found.partial[row]) for row in found.order[:_SHOWN]]
    for name, worth in known:
        ends = f"{number(worth.low)} … {number(worth.high)}"
        table.add_row(name, f"{number(worth.value)} [{ends}]", f"{worth.changes:.1%}")
    table.caption = f"left out: what is worth less than {number(found.noise)}, which chance explains"
    yield table


def discovery(found: Discovery) -> Iterator[Table]:
    """The restrictions of each box, with what speaks for them."""
    from countermove.decide._discovery_tables import rows

    table = Table(title="Boxes", title_justify="left")
    for column in ("box", "assumption"):
        table.add_column(column)
    for column in ("above", "at most", "share of prior", "quasi-p", "in resamples"):
        table.add_column(column, justify="right")
    for row in rows(found):
        above, most = (f"{row[key]:.4g}" if row[key] is not None else "" for key in ("above", "at_most"))
        shares = (f"{row['share_of_prior']:.0%}", f"{row['quasi_p']:.1g}", f"{row['chosen_in_resamples']:.0%}")
        unit = "" if row["unit"] == "1" else f", {row['unit']}"
        table.add_row(str(row["box"]), row["parameter"].replace("_", " ") + unit, above, most, *shares)
    if table.row_count:
        yield table


def leading(found: Sensitivity) -> Iterator[Factor]:
    """The parameters of the five strongest groups of each measure."""
    from countermove.decide._sensitivity_tables import order

    for place in range(len(found.measures)):
        for group in order(found, place)[:5]:
            members = found.groups[group][1]
            if len(members) == 1 and found.factors[members[0]].kind == "parameter":
                yield found.factors[members[0]]


def glossary(factors: Iterable[Factor]) -> Iterator[str]:
    """What the parameters are, with their intervals."""
    for factor in dict.fromkeys(factors):
        unit = "" if factor.unit == "1" else f" {factor.unit}"
        words = factor.name.replace("_", " ").replace(".", " of ")
        yield (
            f"{words}: {factor.description} (5 / 50 / 95 %: {factor.low:.4g} / {factor.central:.4g} / "
            f"{factor.high:.4g}{unit})"
        )


def caveat(origin: Origin) -> str:
    """What must be quoted with the numbers."""
    return (
        f"{origin.caveat}; {origin.draws:,} draws, seed {origin.seed}, countermove {origin.version}, model "
        f"{origin.model_hash}, evidence to {origin.evidence_date}"
    )
