"""`countermove calibrate`: fit the model to the evidence and ship the posterior, if the chains have converged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from countermove.inference.fits import Fit


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("calibrate")(calibrate)


def calibrate(
    variant: Annotated[
        list[str] | None, typer.Option(metavar="NAME=CHOICE", help="Structural variant; may be given several times.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Fit to what was public on this date, for backtests.")
    ] = None,
    rows: Annotated[
        Path | None, typer.Option("--with", metavar="FILE.csv", help="Fit to these figures too; needs --output.")
    ] = None,
    chains: Annotated[int, typer.Option(min=2, help="Number of chains, in step.")] = 16,
    warmup: Annotated[int, typer.Option(min=50, help="Draws of each chain that adapt the sampler.")] = 100,
    draws: Annotated[int, typer.Option(min=50, help="Draws of each chain that count.")] = 300,
    seed: Annotated[int, typer.Option(min=0, help="Seed; the same seed gives the same chains.")] = 1,
    acceptance: Annotated[
        float, typer.Option(min=0.5, max=0.99, help="Target of the step size; higher where transitions diverge.")
    ] = 0.85,
    folder: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where chains are kept while they run; resumed if there.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE.npz", help="Where the posterior goes; by default it ships.")
    ] = None,
    figure: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Draw what the figures inform.")] = None,
    simulated: Annotated[
        int,
        typer.Option("--simulation-based-calibration", metavar="FITS", help="Check with so many simulated data sets."),
    ] = 0,
    nuts: Annotated[
        bool, typer.Option("--nuts", help="Fit simulated data by NUTS, not by the normal approximation.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Sample the posterior by NUTS; write it only if R-hat, effective sample sizes and divergences allow.

    An interrupted run goes on where it stopped when the command is given again.
    """
    from countermove.errors import CountermoveError
    from countermove.inference.sampler import Plan

    if rows is not None and output is None:
        raise CountermoveError("--with: a fit to an analyst's own figures does not ship; name a file with --output")
    chosen = _fit(variant or [], as_of, rows)
    plan = Plan(chains, warmup, draws, seed, acceptance)
    if simulated and nuts:
        _simulated_by_nuts(chosen, simulated, plan, folder, figure, as_json)
    elif simulated:
        _simulated(chosen, simulated, seed, figure, as_json)
    else:
        _sampled(chosen, plan, folder, output, figure, as_json)


def _fit(variant: list[str], as_of: str | None, rows: Path | None) -> Fit:
    from countermove.errors import CountermoveError
    from countermove.inference._table import read_rows
    from countermove.inference.fits import fit
    from countermove.scenario import day

    choices: dict[str, str] = {}
    for text in variant:
        name, equals, choice = text.partition("=")
        if not equals:
            raise CountermoveError(f"--variant {text}: write NAME=CHOICE")
        choices[name] = choice
    when = day(as_of, "--as-of") if as_of else None
    return fit(variant=choices, as_of=when, rows=read_rows(rows) if rows else ())


def _sampled(chosen: Fit, plan: Any, folder: Path | None, output: Path | None, figure: Path | None, json: bool) -> None:
    from countermove.cli._progress import progress
    from countermove.inference.calibrate import calibrate as run
    from countermove.inference.posterior import target_hash

    target = target_hash(chosen.problem)
    work = _work(chosen, folder, target)
    typer.echo(f"{len(chosen.problem.labels)} parameters, {len(chosen.problem.observations)} figures; {work}", err=True)
    with progress("sampling") as report:
        found = run(chosen.problem, plan, work, report)
    if figure is not None:
        from countermove.cli._figure import write
        from countermove.figures.calibration import contraction

        write(figure, contraction(found.posterior))
    path = output or chosen.path
    if json:
        import json as text

        typer.echo(text.dumps({"target": target, **found.posterior.record}, indent=1, ensure_ascii=False))
    else:
        _print(found.posterior.record)
    found.require()
    found.posterior.save(path)
    typer.echo(f"{found.posterior.count:,} draws written to {path}", err=True)


def _work(chosen: Fit, folder: Path | None, target: str) -> Path:
    from countermove._cache import folder as cache

    return folder or cache() / "calibration" / f"{chosen.path.stem}-{target}"


def _print(record: Any) -> None:
    moved = sorted(record["contraction"].items(), key=lambda item: -item[1])
    typer.echo("Parameter: share of the prior variance that the figures take, and shift in prior standard deviations")
    for name, share in moved:
        typer.echo(f"  {name:44} {share:6.2f} {record['shift'][name]:+6.2f}".replace("-", "−"))
    plan = record["plan"]
    typer.echo(
        f"\n{plan['chains']} chains of {plan['draws']} draws after {plan['warmup']}; largest R-hat "
        f"{record['largest_rhat']:.4f}, least effective sample size {record['least_bulk']:.0f} (bulk) and "
        f"{record['least_tail']:.0f} (tail), {record['divergences']} divergent transitions."
    )


def _simulated(chosen: Fit, fits: int, seed: int, figure: Path | None, json: bool) -> None:
    from countermove.cli._progress import progress
    from countermove.inference import sbc
    from countermove.inference.density import density

    with progress("fitting simulated data") as report:
        ranks = sbc.calibrated(density(chosen.problem), fits, seed, report)
    labels = chosen.problem.labels
    p = sbc.uniformity(ranks, sbc.DRAWS)
    if figure is not None:
        from countermove.cli._figure import write
        from countermove.figures.calibration import ranks as draw

        write(figure, draw(ranks, labels, sbc.DRAWS))
    if json:
        import json as text

        counts = sbc.histograms(ranks, sbc.DRAWS)
        rows = [
            {"parameter": label, "p": float(value), "histogram": row.tolist()}
            for label, value, row in zip(labels, p, counts, strict=True)
        ]
        typer.echo(text.dumps({"fits": fits, "draws": sbc.DRAWS, "parameters": rows}, indent=1, ensure_ascii=False))
        return
    typer.echo(
        f"{fits} fits: p-value of uniform ranks, least first (the least of {len(labels)} is about 1/{len(labels)})"
    )
    for index in p.argsort():
        typer.echo(f"  {labels[index]:44} {p[index]:.3f}")


def _simulated_by_nuts(chosen: Fit, fits: int, plan: Any, folder: Path | None, figure: Path | None, json: bool) -> None:
    from countermove.cli._progress import progress
    from countermove.inference.density import density
    from countermove.inference.posterior import target_hash
    from countermove.inference.sbc import DRAWS, histograms
    from countermove.inference.sbc_sampled import sampled

    target = target_hash(chosen.problem)
    work = _work(chosen, folder, f"{target}-simulated")
    with progress("sampling") as report:
        found = sampled(density(chosen.problem), fits, plan, work, target, report)
    if figure is not None:
        from countermove.cli._figure import write
        from countermove.figures.calibration import ranks as draw

        write(figure, draw(found.ranks.reshape(-1, 1), ["all parameters"], DRAWS))
    held = {f"{100 * level:.0f}": found.held(level) for level in (0.5, 0.8, 0.95)}
    if json:
        import json as text

        parts = {
            "fits": fits, "draws": DRAWS, "largest_rhat": list(found.rhat), "divergences": found.divergences,
            "held": held, "histogram": histograms(found.ranks.reshape(-1, 1), DRAWS)[0].tolist(),
            "ranks": dict(zip(chosen.problem.labels, found.ranks.T.tolist(), strict=True)),
        }  # fmt: skip
        typer.echo(text.dumps(parts, indent=1, ensure_ascii=False))
        return
    shares = ", ".join(f"{share:.0%} within the {level} % interval" for level, share in held.items())
    typer.echo(f"{fits} fits of {len(chosen.problem.labels)} parameters; of the truths {shares}.")
    typer.echo(f"Largest R-hat of a fit {max(found.rhat):.3f}, {found.divergences} divergent transitions.")
