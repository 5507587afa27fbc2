"""The same run on several chips: how many replace one, and what each takes in time, money and energy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from countermove.errors import CountermoveError
from countermove.training.chips import Accelerator
from countermove.training.cost import cost
from countermove.training.job import Prediction, best_layout
from countermove.training.layout import Layout
from countermove.training.solve import Finder, chips_for_days
from countermove.training.stack import stack_of


@dataclass(frozen=True)
class Alternative:
    """A chip beside the reference: same number of chips, and as many as finish in the same time; or why it cannot.

    Ratios are against the reference run: `throughput` of one chip, from `low` to `high` by this chip's own 80 %
    interval, and `energy` and `money` at equal time.
    """

    chip: Accelerator
    same_chips: Prediction | None
    same_time: Prediction | None
    bits: int
    throughput: float | None
    low: float | None
    high: float | None
    energy: float | None
    money: float | None
    refused: str | None


def compare(reference: Prediction, chips: Sequence[Accelerator], batch_known: bool = False) -> list[Alternative]:
    """Every chip against the reference run, each in its own fastest layout; optimiser states offloaded where its are.

    A precision that a chip lacks is replaced by 16 bit, and said.
    """
    return [_alternative(reference, chip, batch_known) for chip in chips]


def _finder(reference: Prediction) -> Finder:
    if not reference.layout.offload:
        return best_layout
    return lambda job: best_layout(job, Layout(offload=True), ("offload",))


def _alternative(reference: Prediction, chip: Accelerator, batch_known: bool) -> Alternative:
    job = reference.job
    offered = chip.peak(job.bits) > chip.peak_16 and (chip.fp8 or not job.chip.fp8 or job.bits != 8)
    bits = job.bits if job.bits >= 16 or offered else 16
    other = replace(job, chip=chip, bits=bits, stack=stack_of(chip.stack, job.stack.date))
    find = _finder(reference)
    try:
        same = find(other)
    except CountermoveError:
        same = None
    try:
        timed = chips_for_days(other, reference.days * 1.0001, batch_known=batch_known, find=find)
    except CountermoveError as reason:
        if same is None:
            return Alternative(chip, None, None, bits, None, None, None, None, None, str(reason))
        timed = None
    base = same or timed
    assert base is not None
    ratio = base.tokens_per_second_per_chip / reference.tokens_per_second_per_chip
    mine, theirs = (timed or base), reference
    money, theirs_money = mine.cost.total, theirs.cost.total
    return Alternative(
        chip,
        same,
        timed,
        bits,
        ratio,
        ratio * base.seconds / base.high,
        ratio * base.seconds / base.low,
        cost(chip, mine.chip_hours).energy / theirs.cost.energy if theirs.cost.energy and chip.power else None,
        money / theirs_money if money is not None and theirs_money else None,
        None,
    )
