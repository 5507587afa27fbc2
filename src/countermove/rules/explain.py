"""The texts of a verdict: steps, arithmetic, conditions, what is unchecked, what would change it, Beijing's gate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from countermove.rules import beijing as gate
from countermove.rules.book import RuleBook
from countermove.rules.evaluate import Decision, Finding, Setting, reaches
from countermove.rules.items import Item
from countermove.rules.law import Control, Test
from countermove.rules.matching import Case, compare, fulfils
from countermove.rules.parties import Party
from countermove.rules.verdict import Change, Step
from countermove.rules.words import STEPS, Word

UNITS = {
    "tpp": ("TPP", "", 0),
    "density": ("performance density", "per mm²", 2),
    "dram_bandwidth": ("DRAM bandwidth", "GB/s", 0),
    "io_bandwidth": ("I/O bandwidth", "GB/s", 0),
    "dram_plus_io": ("DRAM plus I/O bandwidth", "GB/s", 0),
    "hbm_density": ("memory bandwidth density", "GB/s/mm²", 2),
    "node_nm": ("node", "nm", 0),
    "transistors": ("transistors", "", 0),
    "wavelength_nm": ("wavelength", "nm", 1),
    "mrf_nm": ("minimum resolvable feature", "nm", 1),
    "overlay_nm": ("dedicated chuck overlay", "nm", 1),
}
_OPPOSITE = {">=": "<", "<": "≥", ">": "≤", "<=": ">"}
_SIGN = {">=": "≥", "<": "<", ">": ">", "<=": "≤"}


def _text(value: float, digits: int) -> str:
    if value == float("inf"):
        return "unbounded"
    return f"{value:,.{digits}f}" if digits or value != int(value) else f"{value:,.0f}"


def _shown(value: float, limit: float, digits: int) -> tuple[str, str]:
    """Value and limit with as many digits as it takes to tell them apart."""
    left, right = f"{value:,.{digits}f}", f"{limit:,.{digits}f}"
    for places in range(digits, digits + 4):
        left, right = f"{value:,.{places}f}", f"{limit:,.{places}f}"
        if left != right or value == limit:
            break
    if value == float("inf"):
        left = "unbounded"
    short = f"{limit:,.10g}" if limit < 1e4 else f"{limit:,.0f}"
    return left, short


def _sign(test: Test, value: float) -> str:
    """How the value stands to the limit."""
    assert isinstance(test.limit, float)
    holds = compare(value, test.operator, test.limit)
    return (_SIGN if holds else _OPPOSITE)[test.operator]


def comparison(test: Test, value: float) -> str:
    """`TPP 2,368 < 4,800`: a figure against its limit, as it is."""
    assert isinstance(test.limit, float)
    name, unit, digits = UNITS.get(test.subject, (test.subject.replace("_", " "), "", 1))
    left, right = _shown(value, test.limit, digits)
    return f"{name} {left} {_sign(test, value)} {right}{f' {unit}' if unit else ''}"


def figures_of(case: Case) -> str:
    """The uncertain figures of one reading, in words."""
    spans = dict(case.item.figures)
    shown: list[str] = []
    for name in ("tpp", "density", "dram_bandwidth", "io_bandwidth", "hbm_density"):
        low, _, high = spans.get(name, (0.0, 0.0, 0.0))
        if name == "density" and "tpp" in spans and (spans["tpp"][0] != spans["tpp"][2] or _area_open(spans)):
            low, high = 0.0, 1.0
        if low != high and name in case.reading:
            label, unit, digits = UNITS[name]
            shown.append(f"{label} is {_text(case.reading[name], digits)}{f' {unit}' if unit else ''}")
    return " and ".join(shown) or "the figures are read otherwise"


def _area_open(spans: dict[str, tuple[float, float, float]]) -> bool:
    low, _, high = spans.get("area", (0.0, 0.0, 0.0))
    return low != high


@lru_cache(maxsize=65536)
def _step(
    control: Control, word: Word | None, says: str, paragraph: str | None = None, step: str | None = None
) -> Step:
    return Step(
        step or control.step, paragraph or control.paragraph, says, word, control.citation, control.url, control.rule
    )


def _finding_steps(finding: Finding, setting: Setting) -> list[Step]:
    control, found = finding.control, []
    if finding.listing is not None:
        entry = setting.listings[finding.listing]
        footnote = f", footnote {max(setting.footnotes)}" if setting.footnotes else ""
        kind = " (affiliates rule)" if setting.party.affiliate_of else ""
        word = finding.word if finding.by is None else None
        found = [
            Step(
                "list",
                f"744.11 Entity List{footnote}{kind}",
                f"{setting.party.name} listed from {entry.effective}; entry policy: {finding.policy}",
                word, entry.citation, entry.url, entry.rule,
            )
        ]  # fmt: skip
    else:
        says = "; ".join(part for part in (control.says, finding.policy if finding.by is None else "") if part)
        found = [_step(control, finding.word if finding.by is None else None, says)]
    if finding.by is not None:
        found.append(_step(finding.by, finding.word, "; ".join(p for p in (finding.by.says, finding.policy) if p)))
    return found


def _scope_text(bringing: list[Control], met: bool) -> str:
    if bringing:
        by = ", ".join(dict.fromkeys(control.paragraph for control in bringing))
        return f"foreign-made, little US content; brought within the EAR by {by}"
    if met:
        return "foreign-made, little US content; reached by the paragraphs below"
    return "foreign-made, at most 25 % US content, caught by no foreign-direct-product rule in force"


def steps(decision: Decision, case: Case, setting: Setting) -> tuple[Step, ...]:
    """The paragraphs in the order applied."""
    found: list[Step] = []
    met = [finding.control for finding in decision.findings] + [finding.control for finding, _ in decision.lifted]
    names = {name for control in met for name in (control.family, control.paragraph)}
    bringing = [control for control in decision.reached_by if not names.isdisjoint(control.of)]
    if case.item.origin != "US":
        scope = next((c for c in case.era.controls if c.step == "scope"), None)
        if scope is not None:
            found.append(_step(scope, None, _scope_text(bringing, bool(met))))
    found += [_step(control, None, control.says) for control in bringing]
    for finding in decision.findings:
        found += _finding_steps(finding, setting)
    for finding, control in decision.lifted:
        covered = _step(finding.control, None, finding.control.says or "met")
        if covered not in found:
            found.append(covered)
        word = control.review[0].word if control.review else Word.NO
        lifting = _step(control, word, control.says or control.review[0].policy)
        if not any(step.paragraph == lifting.paragraph and step.word is word for step in found):
            found.append(lifting)
    rank = {step: number for number, step in enumerate(STEPS)}
    return tuple(sorted(found, key=lambda step: rank[step.step]))


def because(decision: Decision, setting: Setting) -> str:
    """Why the main reading has its word."""
    for finding in decision.findings:
        if finding.word is decision.word:
            return str(_finding_steps(finding, setting)[-1])
    return "no control in force reaches it"


def arithmetic(case: Case, setting: Setting) -> tuple[str, ...]:
    """Every figure that a control in force tests for this kind of item and place, against its limit."""
    ranges = _ranges(case.item)
    lines: dict[str, list[str]] = {}
    for control in case.era.controls:
        if control.step not in ("letter", "threshold", "review", "exclusion") or not control.when:
            continue
        if (control.items and case.item.kind not in control.items) or not reaches(control.reach, setting):
            continue
        for test in (test for group in control.when for test in group):
            if isinstance(test.limit, float) and test.subject in case.reading:
                text = _against(test, case.reading[test.subject], ranges.get(test.subject))
                where = lines.setdefault(text, [])
                if control.paragraph not in where:
                    where.append(control.paragraph)
    return tuple(f"{text} ({', '.join(where)})" for text, where in lines.items())


def _ranges(item: Item) -> dict[str, tuple[float, float]]:
    """Low and high of every uncertain figure, the density and the bandwidth sum among them."""
    spans = dict(item.figures)
    found = {name: (low, high) for name, (low, _, high) in spans.items() if low != high and name != "area"}
    area = spans.get("area")
    if area is not None and "tpp" in spans and ("tpp" in found or area[0] != area[2]):
        low, _, high = spans["tpp"]
        most = high / area[0] if area[0] > 0 else float("inf")
        found["density"] = (low / area[2] if area[2] > 0 else 0.0, most)
    if "dram_bandwidth" in found or "io_bandwidth" in found:
        parts = [spans[name] for name in ("dram_bandwidth", "io_bandwidth") if name in spans]
        found["dram_plus_io"] = (sum(part[0] for part in parts), sum(part[2] for part in parts))
    return found


def _against(test: Test, value: float, span: tuple[float, float] | None) -> str:
    """A figure against its limit; both ends where it is uncertain and they fall on different sides."""
    if span is None:
        return comparison(test, value)
    assert isinstance(test.limit, float)
    name, unit, digits = UNITS.get(test.subject, (test.subject.replace("_", " "), "", 1))
    outcomes = {compare(end, test.operator, test.limit) for end in span}
    left = f"{name} {_text(span[0], digits)}–{_text(span[1], digits)}"
    sign = "on both sides of" if len(outcomes) > 1 else _sign(test, span[1])
    limit = f"{test.limit:,.10g}"
    return f"{left} {sign} {limit}{f' {unit}' if unit else ''}"


def unchecked(
    item: Item, end_users: tuple[Party, ...], on: date, reviewed_to: date, known: frozenset[str]
) -> tuple[str, ...]:
    """What the answer rests on and nobody checked."""
    found: list[str] = []
    for party in end_users:
        if party.status == "unchecked":
            found.append(f"list status of {party.name}: not among the parties that were looked up")
        elif party.status == "assumed":
            found.append("end user taken as civil, unlisted and headquartered as described")
    found += [what for what in ("ultimate parent", "end use", "remote access") if what not in known]
    found += list(item.notes)
    found += _other_law(item, on)
    if on > reviewed_to:
        found.append(f"law after {reviewed_to}: the last reviewed state is held")
    return tuple(dict.fromkeys(found))


# The day from which the rules hold the lithography entry of the control list.
_LITHOGRAPHY_FROM = date(2023, 11, 17)


def _other_law(item: Item, on: date) -> list[str]:
    """Licence duties on a tool that stand outside these rules: its maker's home, and the older control list."""
    found: list[str] = []
    if item.made_in in ("Japan", "Netherlands"):
        found.append(
            f"export law of {item.made_in}: a licence of its own may be needed (see `countermove timeline tools`)"
        )
    if item.origin == "US" and on < _LITHOGRAPHY_FROM and any(name == "wavelength_nm" for name, _ in item.figures):
        found.append("3B001.f.1, national-security column 2: older than these rules and not in them before 2023-11-17")
    return found


def conditions(
    decision: Decision, case: Case, book: RuleBook, end_users: tuple[Party, ...], on: date
) -> tuple[str, ...]:
    """Revenue share, tariff and volume conditions that go with the item on that day."""
    if decision.word in (Word.NO, Word.EXCEPTION_NOTIFY, Word.DENIED):
        return ()
    found: list[str] = []
    for entry in book.licences:
        named = case.item.id in entry.products and any(
            party.id in entry.buyers or "unlisted" in entry.buyers for party in end_users
        )
        if named and entry.effective <= on < entry.ended:
            share = f"; {entry.revenue_share:.0%} of revenue to the US government" if entry.revenue_share else ""
            cap = f"; up to {entry.units_per_buyer:,.0f} units a buyer" if entry.units_per_buyer else ""
            found.append(f"licences recorded from {entry.effective} ({entry.rule}){share}{cap}")
    for control in case.era.controls:
        if control.paragraph == "Section 232" and control.when and fulfils(control.when, case):
            found.append(f"{control.says} ({control.citation})")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything that the texts of one verdict are made from."""

    item: Item
    destination: str
    end_users: tuple[Party, ...]
    on: date
    exported_from: str
    book: RuleBook
    decision: Decision
    case: Case
    setting: Setting
    known: frozenset[str]

    def paragraphs(self) -> tuple[Step, ...]:
        """The paragraphs in the order applied."""
        return steps(self.decision, self.case, self.setting)

    def near_line(self) -> bool:
        """Whether a figure lies near a line that decides."""
        from countermove.rules.check import near_line

        return near_line(self.item, self.exported_from, self.case.era, self.setting, self.decision.word)

    def arithmetic(self) -> tuple[str, ...]:
        """Figures against limits."""
        return arithmetic(self.case, self.setting)

    def changes(self) -> tuple[Change, ...]:
        """Dates, figures and rules with which the word would differ."""
        from countermove.rules.changes import changes_of

        return changes_of(
            self.item, self.destination, self.end_users, self.on, self.exported_from, self.book, self.decision.word
        )

    def conditions(self) -> tuple[str, ...]:
        """Conditions that go with a licence."""
        return conditions(self.decision, self.case, self.book, self.end_users, self.on)

    def unchecked(self, reviewed_to: date) -> tuple[str, ...]:
        """What nobody checked."""
        return unchecked(self.item, self.end_users, self.on, reviewed_to, self.known)

    def beijing(self) -> str:
        """Beijing's gate in a sentence."""
        return gate.sentence(self.item, self.destination, self.end_users, self.on, self.book)
