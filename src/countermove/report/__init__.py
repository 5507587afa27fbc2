"""The report: one HTML file that holds everything it needs and asks nothing of the network."""

from __future__ import annotations

from countermove.report.page import render, write

__all__ = ["render", "write"]
