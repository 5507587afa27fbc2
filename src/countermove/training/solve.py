"""Solving a run for what is missing: chips for a deadline, days, tokens or chips for a budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from countermove.errors import CountermoveError
from countermove.training.cost import cost
from countermove.training.job import Job, Prediction, best_layout, default_batch

LARGEST_CLUSTER = 1_048_576
Finder = Callable[[Job], Prediction]


def with_chips(job: Job, chips: int, batch_known: bool) -> Job:
    """The job on another number of chips; a batch nobody gave follows the number of chips."""
    return replace(
        job, chips=chips, batch_tokens=job.batch_tokens if batch_known else default_batch(chips, job.sequence)
    )


def chips_for_days(job: Job, days: float, *, batch_known: bool = False, find: Finder = best_layout) -> Prediction:
    """The fewest chips, in steps of about one sixteenth, that finish the run in `days`.

    Raises:
        CountermoveError: even the largest cluster considered takes longer, or nothing fits.
    """
    if days <= 0:
        raise CountermoveError(f"days is {days}, must be positive")
    return _fewest(job, lambda found: found.days <= days, batch_known, find, f"{days:g} days")


def _fewest(job: Job, enough: Callable[[Prediction], bool], batch_known: bool, find: Finder, goal: str) -> Prediction:
    best: Prediction | None = None
    last: CountermoveError | None = None
    chips = 8
    while chips <= LARGEST_CLUSTER:
        try:
            found = find(with_chips(job, chips, batch_known))
        except CountermoveError as error:
            last = error
        else:
            if enough(found):
                best = found
                break
        chips *= 2
    if best is None:
        why = f"; last: {last}" if last is not None else ""
        raise CountermoveError(f"no cluster of up to {LARGEST_CLUSTER:,} {job.chip.id} reaches {goal}{why}")
    step = max(best.job.chips // 16, 8)
    for fewer in range(best.job.chips // 2 + step, best.job.chips, step):
        try:
            found = find(with_chips(job, fewer, batch_known))
        except CountermoveError:
            continue
        if enough(found):
            return found
    return best


def chip_hours_for_budget(job: Job, budget: float) -> float:
    """Chip-hours that `budget` USD pay for, hardware written off and electricity.

    Raises:
        CountermoveError: the budget is not positive or the chip has no known price.
    """
    if budget <= 0:
        raise CountermoveError(f"budget is {budget}, must be positive")
    hourly = cost(job.chip, 1.0).total
    if hourly is None:
        raise CountermoveError(f"chip {job.chip.id} has no known price: a budget cannot be turned into chip-hours")
    return budget / hourly


def tokens_for_days(prediction: Prediction, days: float) -> Prediction:
    """The same job trained for `days`."""
    if days <= 0:
        raise CountermoveError(f"days is {days}, must be positive")
    return replace(prediction, job=replace(prediction.job, tokens=prediction.job.tokens * days / prediction.days))


def tokens_for_budget(prediction: Prediction, budget: float) -> Prediction:
    """The same job trained for as long as `budget` USD last."""
    hours = chip_hours_for_budget(prediction.job, budget)
    return replace(
        prediction, job=replace(prediction.job, tokens=prediction.job.tokens * hours / prediction.chip_hours)
    )


def chips_for_budget(job: Job, budget: float, *, batch_known: bool = False, find: Finder = best_layout) -> Prediction:
    """The largest cluster on which the run stays within `budget` USD: the soonest end the money buys.

    Powers of two from 8 to 65,536 chips are tried.

    Raises:
        CountermoveError: the budget does not pay for the run on any cluster, with the least it costs.
    """
    hours = chip_hours_for_budget(job, budget)
    best: Prediction | None = None
    least: Prediction | None = None
    chips = 8
    while chips <= 65536:
        try:
            found = find(with_chips(job, chips, batch_known))
        except CountermoveError:
            chips *= 2
            continue
        if least is None or found.chip_hours < least.chip_hours:
            least = found
        if found.chip_hours <= hours:
            best = found
        chips *= 2
    if best is not None:
        return best
    if least is None:
        raise CountermoveError(f"{job.model.name} fits on no cluster of {job.chip.id} considered")
    price = least.cost.total or 0.0
    raise CountermoveError(
        f"budget of {budget:,.0f} USD does not pay for {job.tokens / 1e12:.3g} T tokens of {job.model.name}: "
        f"the cheapest cluster of {job.chip.id} takes {price:,.0f} USD"
    )
