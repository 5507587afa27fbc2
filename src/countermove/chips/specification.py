"""What a chip is to the regulation: its rates, dies, memory and links, and the figures computed from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from countermove.errors import CountermoveError

# Bits of the largest input to a multiply. TF32 is left out: vendors state it for 32-bit inputs whose products are
# taken at 19 bits, and it never decides the greatest product where a 16-bit or smaller figure is published.
BITS = {"int4": 4, "fp4": 4, "int8": 8, "fp8": 8, "fp16": 16, "fp64": 64}


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its bounds; `central` is the figure itself where the bounds are equal, or the best estimate."""

    low: float
    central: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.central <= self.high:
            raise CountermoveError(f"an interval must be ordered: {self.low}, {self.central}, {self.high}")

    @property
    def exact(self) -> bool:
        """Whether the bounds coincide."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class ChipSpec:
    """One accelerator package as sold.

    Units: rates in TOPS or TFLOPS (dense), areas mm², bandwidths GB/s (links: both directions together), memory GB,
    power W, transistors 10⁹. None means unpublished. `tpp` and `density` carry bounds where figures are uncertain.
    `answers` is the rule to which a version for China was the vendor's answer.
    """

    id: str
    name: str
    vendor: str
    vendor_country: str
    announced: date | None = None
    first_shipped: date | None = None
    foundry: str = ""
    process_nm: float | None = None
    transistors_bn: float | None = None
    die_area_mm2: float | None = None
    dies: int | None = None
    rates: tuple[tuple[str, float], ...] = ()
    stated_product: float | None = None
    memory_type: str = ""
    memory_gb: float | None = None
    memory_bandwidth: Interval | None = None
    hbm_stacks: float | None = None
    interconnect: float | None = None
    power_w: float | None = None
    datacentre: bool = True
    china_only: bool = False
    sold: bool = True
    answers: str | None = None
    price_low_usd: float | None = None
    price_high_usd: float | None = None
    tpp_low: float | None = None
    tpp_high: float | None = None
    area_low: float | None = None
    area_high: float | None = None
    area_central: float | None = None
    area_basis: str = ""
    verified: str = "no"
    source: str = ""
    note: str = ""

    @property
    def computed_tpp(self) -> float | None:
        """Greatest dense rate × bit length over the published precisions (3A090 technical notes 1–3); None if none."""
        products = [rate * BITS[precision] for precision, rate in self.rates]
        if products and any(BITS[precision] <= 16 for precision, _ in self.rates):
            return max(products)
        return self.stated_product

    @property
    def tpp(self) -> Interval | None:
        """Total processing performance with its bounds; None where nothing at all is known."""
        central = self.computed_tpp
        low = self.tpp_low if self.tpp_low is not None else central
        high = self.tpp_high if self.tpp_high is not None else central
        if low is None and high is None:
            wide = [rate * BITS[precision] for precision, rate in self.rates]
            if not wide:
                return None
            low = max(wide)  # only 64-bit rates are published: the others are at least as high
        low = 0.0 if low is None else low
        high = float("inf") if high is None else high
        if central is None:
            central = (low + high) / 2 if high != float("inf") else low
        return Interval(low, min(max(central, low), high), high)

    @property
    def area(self) -> Interval | None:
        """Applicable die area in mm² (non-planar logic dies), with bounds; None where unpublished."""
        if self.area_low is None or self.area_high is None:
            return None
        middle = (self.area_low + self.area_high) / 2 if self.area_central is None else self.area_central
        return Interval(self.area_low, middle, self.area_high)

    @property
    def density(self) -> Interval | None:
        """Performance density, TPP per mm² of applicable die area (technical note 4), with bounds."""
        tpp, area = self.tpp, self.area
        if tpp is None or area is None:
            return None
        return Interval(tpp.low / area.high, tpp.central / area.central, tpp.high / area.low)


def memory_bandwidth_density(bandwidth: float, area_mm2: float) -> float:
    """GB/s of a memory package or stack per mm² of its area (3A090.c technical note).

    Raises:
        CountermoveError: an area or a bandwidth that is not above zero.
    """
    if area_mm2 <= 0 or bandwidth <= 0:
        raise CountermoveError("memory bandwidth density needs a bandwidth and an area above zero")
    return bandwidth / area_mm2
