"""The colours of every figure.

They come in pairs, on a light and on a dark page, and differ in lightness so that they stay apart in grey and for
colour-blind readers (blue against orange; after Okabe and Ito, Color Universal Design, 2008). Text colours reach a
contrast of 4.5 to 1 on either page.
"""

from __future__ import annotations

INK, MUTED, GRID, PAGE = "#1a1d21", "#545c67", "#e1e5ea", "#fdfdfc"
POLICY, COUNTERFACTUAL, NEUTRAL = "#0b4f8a", "#a84a00", "#c9ced4"

# Type inside filled areas, which keep their own lightness on either page.
ON_LIGHT, ON_DEEP = "#111418", "#fcfcfb"

# What each colour becomes on a dark page.
ON_DARK: dict[str, str] = {
    INK: "#eceef0",
    MUTED: "#a9b1bc",
    GRID: "#363c45",
    PAGE: "#14171b",
    POLICY: "#74b4f0",
    COUNTERFACTUAL: "#f0a35c",
    NEUTRAL: "#59616b",
    # Deep fills, which must stand out from the page and still carry light type.
    "#0a3560": "#2f6fae",
    "#7c3600": "#a8570f",
}


def faint(colour: str, opacity: float = 0.18) -> str:
    """`colour` with this opacity, in the notation that `dark` and the report know how to translate."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def dark_replacements() -> dict[str, str]:
    """What to replace in the text of a figure to put it on a dark page: plain colours and the stem of faint ones."""
    stems = {faint(a, 0).rsplit(",", 1)[0]: faint(b, 0).rsplit(",", 1)[0] for a, b in ON_DARK.items()}
    return ON_DARK | stems


def on(colour: str) -> str:
    """The colour of type, dark or light, that reads best on a filled area (W3C relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return ON_LIGHT if luminance > 0.18 else ON_DEEP
