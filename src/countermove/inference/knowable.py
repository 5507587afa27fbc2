"""When a figure became public: what a forecaster at a date could have known, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from countermove.evidence import Fact
from countermove.inference.operators import Lags


def knowable_on(fact: Fact, lags: Lags) -> date | None:
    """The first day on which the figure was public, None where that cannot be derived.

    Filings of companies and official statistics: the end of the period and a documented lag, or the date of the source
    if that is earlier (tables copied years later do not make the filing younger). Everything else: the date of the
    source. A figure without either is left out of everything that is dated.
    """
    filed: date | None = None
    if fact.period_end is not None:
        days = lags.filings.get((fact.entity, fact.quantity)) if fact.kind == "reported" else None
        if days is not None:
            filed = fact.period_end + timedelta(days=days)
        elif fact.kind == "official" or (fact.kind == "reported" and fact.source_date is None):
            filed = fact.period_end + timedelta(days=lags.by_kind[fact.kind])
    known = [day for day in (filed, fact.source_date) if day is not None]
    return min(known) if known else None


def known_by(rows: Iterable[Fact], as_of: date, lags: Lags) -> tuple[Fact, ...]:
    """The rows that were public on `as_of`."""
    return tuple(row for row in rows if (day := knowable_on(row, lags)) is not None and day <= as_of)
