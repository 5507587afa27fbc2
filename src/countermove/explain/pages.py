"""The model as pages: one for each sector with equations, units, priors, posteriors and sources, and an index.

Nothing by hand: `countermove explain --write-docs`, which also draws the figures that the pages show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countermove._atomic import write_whole
from countermove.engine import Model, Quantity
from countermove.evidence import Citation
from countermove.explain import behaviour
from countermove.explain.quantity import Equation, cited, explain, kind, sector
from countermove.explore.simulate import origin_of
from countermove.explore.world import World, world
from countermove.model.mechanisms import MECHANISMS, VARIANTS
from countermove.parameters import Prior, Series, load_parameters, load_series
from countermove.scenario import load

MADE = "<!-- Made by `countermove explain --write-docs` from the equations themselves; edit those, not this page. -->"
_INTRODUCTION = (
    "Every equation, unit, prior, posterior and source, generated from the declarations that are simulated. The step "
    "is one month; d/dt is the net flow per month. [Five equations](../paradox.md) show how the paradox arises."
)
_READING = (
    "An index is a named dimension or one of its elements. "
    "$\\operatorname{softmin}(x_i) = m\\,(\\sum_i (m/x_i)^{12})^{-1/12}$ with $m = \\min_i x_i$ is a smooth minimum, "
    "$\\operatorname{logistic}(x) = 1/(1+e^{-x})$. A letter stands for an expression that is used more than once. "
    "Floors of 10⁻⁹, which keep a divisor from zero and matter only where there is nothing yet, are left out."
)


@dataclass(frozen=True, eq=False)
class Posteriors:
    """What a fit has made of the parameters.

    Attributes:
        fitted: parameters that have draws of a posterior, by name, with its quantiles.
        contraction: by label (`name`, or `name.element`) the share of the prior's variance that the evidence took away.
    """

    fitted: Mapping[str, Prior]
    contraction: Mapping[str, float]


def pages(given: World | None = None) -> dict[str, str]:
    """Text of every page by file name; needs no simulation.

    Posteriors are those of `given`, by default of the model as every command simulates it.
    """
    from countermove.model._sectors import SECTORS

    given = given or world()
    model, posteriors = given.model, _posteriors(given)
    names = [module.__name__.rpartition(".")[2] for module in SECTORS]
    summaries = {
        name: " ".join((module.__doc__ or "").split("\n\n")[0].split())
        for name, module in zip(names, SECTORS, strict=True)
    }
    made = {
        f"{name}.md": _sector_page(model, name, module.__doc__ or "", posteriors, source_of_figures(given))
        for name, module in zip(names, SECTORS, strict=True)
    }
    return {"index.md": _index(model, summaries), **made}


def write(folder: Path, made: Mapping[str, str]) -> list[Path]:
    """Write files into a folder, and take away those there of sectors that the model no longer has.

    Args:
        made: text by file name.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in (*folder.glob("*.md"), *folder.glob("*.svg")):
        if path.name not in made and path.read_text(encoding="utf-8").startswith((MADE, behaviour.MADE)):
            path.unlink()
    for name, text in made.items():
        write_whole(folder / name, text)
    return [folder / name for name in made]


def source_of_figures(given: World) -> str:
    """What a reader needs to find the numbers of the figures again."""
    origin = origin_of(given, load("history"), behaviour.DRAWS, behaviour.SEED)
    return (
        f"Bands: 10–90 % of {origin.draws} draws, seed {origin.seed}, {origin.caveat}; lines: medians; means of three "
        "months. Solid: the rules as they were (history); dashed: without controls."
    )


def _posteriors(given: World) -> Posteriors:
    if not given.posterior:
        return Posteriors({}, {})
    from countermove.inference import posterior

    return Posteriors(given.posterior, posterior.read(posterior.DEFAULT).record["contraction"])


def _index(model: Model, summaries: dict[str, str]) -> str:
    counts = {name: [0, 0, 0] for name in summaries}
    for name, quantity in model.quantities.items():
        counts[sector(model, name)][0 if quantity.kind == "stock" else 1] += 1
    for name in load_parameters():
        if name in model.inputs and sector(model, name) in counts:
            counts[sector(model, name)][2] += 1
    rows = [
        f"| [{name}]({name}.md) | {summary} | {' | '.join(str(count) for count in counts[name])} |"
        for name, summary in summaries.items()
    ]
    switches = [f"| `{each.name}` | {each.group} | {each.description} |" for each in MECHANISMS]
    variants = [f"| `{each.name}` | {each.description} |" for each in VARIANTS]
    return _page([
        "# The model, sector by sector",
        "",
        _INTRODUCTION,
        "",
        "| sector | what it holds | stocks | other quantities | parameters |",
        "|---|---|---:|---:|---:|",
        *rows,
        "",
        "## Mechanisms",
        "",
        "Each can be switched off; everything else is then simulated anew on the same draws.",
        "",
        "| switch | group in attribution | what off means |",
        "|---|---|---|",
        *switches,
        "",
        "## Structural variants",
        "",
        "| variant | meaning |",
        "|---|---|",
        *variants,
    ])  # fmt: skip


def _sector_page(model: Model, name: str, doc: str, posteriors: Posteriors, figures: str) -> str:
    own = [each for each in model.quantities.values() if sector(model, each.name) == name]
    parts = {part.name for each in own for part in each.parts}
    lines = [f"# {_title(name)}", "", *_paragraphs(doc), "", *_behaviour(model, name, figures)]
    lines += ["## Equations", "", _READING, ""]
    for quantity in own:
        if quantity.name not in parts:
            lines += _quantity(model, quantity)
    read = [each for each in model.inputs if sector(model, each) == name]
    priors = [prior for each in read if (prior := load_parameters().get(each))]
    series = [dated for each in read if (dated := load_series().get(each))]
    if priors:
        lines += ["## Parameters", "", *_prior_table(priors, posteriors), ""]
    if series:
        lines += ["## Series from outside", "", *_series_table(series), ""]
    lines += _from_the_rules(model, name)
    used = [
        source
        for each in (*own, *priors, *series)
        for source in (each.source if isinstance(each, Quantity) else each.sources)
    ]
    lines += ["## Sources", "", *_source_list(used)]
    return _page(lines)


def _behaviour(model: Model, name: str, source: str) -> Iterator[str]:
    titles = "; ".join(panel.title for panel in behaviour.shown(model)[name])
    yield "## Behaviour"
    yield ""
    yield f"![{_title(name)}: {titles}]({name}.svg)"
    yield ""
    yield f"{source} [The numbers](behaviour.json)."
    yield ""


def _from_the_rules(model: Model, name: str) -> Iterator[str]:
    others = [
        item
        for item in model.inputs.values()
        if item.kind in ("series", "held") and name == "policy" == sector(model, item.name)
    ]
    from_rules = [item for item in others if item.name not in load_series()]
    if from_rules:
        yield from (
            "## From the rules and from other runs",
            "",
            "| name | kind | unit | meaning |",
            "|---|---|---|---|",
        )
        for item in from_rules:
            yield f"| `{item.name}` | {kind(model, item.name)} | {item.unit} | {_cell(item.description)} |"
        yield ""


def _quantity(model: Model, quantity: Quantity[Any]) -> Iterator[str]:
    found = explain(model, quantity.name)
    along = f", by {', '.join(found.dimensions)}" if found.dimensions else ""
    yield f"### {found.name}"
    yield ""
    yield f"{found.description}"
    yield ""
    yield f"*{found.kind}, in {found.unit}{along}; source: {', '.join(_link(source) for source in quantity.source)}*"
    yield ""
    for made in found.equations:
        yield from _mathematics(made)
    reads = [f"[{each.name}]({_address(model, each.name)})" for each in found.depends_on if each.kind != "clock"]
    read_by = [f"[{each.name}]({_address(model, each.name)})" for each in found.used_by]
    yield f"Depends on: {', '.join(reads) or 'nothing'}. Read by: {', '.join(read_by) or 'nothing: it is an outcome'}."
    yield ""


def _mathematics(made: Equation) -> Iterator[str]:
    yield "$$"
    if made.latex_where:
        yield r"\begin{aligned}"
        yield rf"& {made.latex} \\"
        rows = [
            rf"& \quad \text{{{'where ' if index == 0 else ''}}} \mathrm{{{letter}}} = {text}"
            for index, (letter, text) in enumerate(made.latex_where.items())
        ]
        yield " \\\\\n".join(rows)
        yield r"\end{aligned}"
    else:
        yield made.latex
    yield "$$"
    yield ""
    if made.initial:
        start = made.initial if made.initial.lstrip("-")[:1].isdigit() else f"`{made.initial}`"
        yield f"`{made.name}` starts at {start}."
        yield ""


def _address(model: Model, name: str) -> str:
    if name in model.quantities:
        # A stage of a delay stands under the quantity that it is a stage of.
        whole = next((each.name for each in model.quantities.values() if any(p.name == name for p in each.parts)), name)
        return f"{sector(model, name)}.md#{whole}"
    item = model.inputs[name]
    if item.kind == "mechanism":
        return "index.md#structural-variants" if name.startswith("variant_") else "index.md#mechanisms"
    heading = "parameters" if name in load_parameters() else "series-from-outside"
    if name not in load_parameters() and name not in load_series():
        heading = "from-the-rules-and-from-other-runs"
    return f"{sector(model, name)}.md#{heading}"


def _prior_table(priors: Iterable[Prior], posteriors: Posteriors) -> Iterator[str]:
    priors = list(priors)
    fitted = any(prior.name in posteriors.fitted for prior in priors)
    yield "Priors are given by their 5, 50 and 95 % quantiles." + (
        " So are posteriors, of the parameters that are fitted to the evidence; contraction is the share of the "
        "variance, on the normal scale of the fit, that the evidence takes away."
        if fitted
        else ""
    )
    yield ""
    columns = " posterior | contraction |" if fitted else ""
    yield f"| parameter | unit | prior |{columns} form | meaning | note and sources |"
    yield f"|---|---|---|{'---|---:|' if fitted else ''}---|---|---|"
    for prior in priors:
        sources = ", ".join(_link(source) for source in prior.sources)
        note = f"{prior.note} {sources}".strip()
        for place, element in enumerate(prior.elements or ("",)):
            name = f"`{prior.name}`" + (f" {element}" if element else "")
            meaning = f"{_cell(prior.description)} | {_cell(note)}" if place == 0 else "as above | as above"
            learned = f" {_learned(posteriors, prior, place)} |" if fitted else ""
            form = prior.distribution.replace("_", "-")
            yield f"| {name} | {prior.unit} | {_interval(prior, place, 6)} |{learned} {form} | {meaning} |"


def _interval(prior: Prior, place: int, digits: int) -> str:
    """Low, central and high of one element."""
    numbers = (prior.low, prior.central, prior.high)
    each = (value[place] if isinstance(value, tuple) else value for value in numbers)
    return " / ".join(f"{value:.{digits}g}" for value in each)


def _learned(posteriors: Posteriors, prior: Prior, place: int) -> str:
    """Posterior and contraction of one element; dashes where it is not fitted."""
    if prior.name not in posteriors.fitted:
        return "– | –"
    label = f"{prior.name}.{prior.elements[place]}" if prior.elements else prior.name
    found = posteriors.fitted[prior.name]
    return f"{_interval(found, place, 3)} | {posteriors.contraction[label]:.0%}".replace("%", " %")


def _series_table(series: Iterable[Series]) -> Iterator[str]:
    yield "| series | unit | knots | between them | meaning | note and sources |"
    yield "|---|---|---|---|---|---|"
    for each in series:
        knots = ", ".join(f"{year:g}: {value:.6g}" for year, value in zip(each.years, each.values, strict=True))
        note = f"{each.note} {', '.join(_link(source) for source in each.sources)}".strip()
        form = {"step": "held", "linear": "linear", "log_linear": "linear in the logarithm"}[each.interpolation]
        yield f"| `{each.name}` | {each.unit} | {knots} | {form} | {_cell(each.description)} | {_cell(note)} |"


def _source_list(sources: Iterable[str]) -> Iterator[str]:
    for source in sorted(dict.fromkeys(sources)):
        yield f'- <a id="{_anchor(source)}"></a>**{source}** {_citation(cited(source))}'


def _citation(source: Citation) -> str:
    flag = "**not verified: recalled, not read.**" if source.is_unverified else ""
    dated = ", ".join(part for part in (source.title, source.date) if part)
    address = f"<{source.address}>" if source.address.startswith("http") else source.address
    return ". ".join(part.rstrip(". ") for part in (source.statement, dated, address, flag) if part)


def _link(source: str) -> str:
    return f"[{source}](#{_anchor(source)})"


def _anchor(source: str) -> str:
    return f"source-{source.lower()}"


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _paragraphs(doc: str) -> list[str]:
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in doc.strip().split("\n\n")).split("\n")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _page(lines: Iterable[str]) -> str:
    return "\n".join((MADE, "", *lines)).rstrip("\n") + "\n"
