"""Whom the tables owe their figures to, by class of source: the list in DATA-LICENSE.md.

`python -m countermove.evidence._attribution DATA-LICENSE.md` writes the list anew into that file.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from countermove._atomic import write_whole
from countermove.evidence import _tables
from countermove.evidence._schema import SHAPES

BEGIN, END = "<!-- sources: begin -->", "<!-- sources: end -->"

# Endings of host names; the first class that has one takes the row.
CLASSES: dict[str, tuple[str, ...]] = {
    "Law and official documents of the United States (public domain)": (
        "ecfr.gov", "govinfo.gov", "federalregister.gov", "trade.gov", "bis.gov", "bis.doc.gov", "sec.gov", "nist.gov",
        "congress.gov", "house.gov", "senate.gov", "whitehouse.gov", "justice.gov", "commerce.gov", "state.gov",
        "gao.gov", "treasury.gov", "ustr.gov", "nsf.gov",
    ),
    "Official documents and statistics of other governments and international bodies": (
        "gov.cn", "gov.tw", "go.jp", "go.kr", "gov.uk", "gov.sg", "europa.eu", "overheid.nl", "government.nl",
        "rijksoverheid.nl", "officielebekendmakingen.nl", "worldbank.org", "imf.org", "oecd.org", "iea.org", "wto.org",
        "un.org", "chinadata.live",
    ),
    "Epoch AI (CC BY 4.0)": ("epoch.ai", "epochai.org"),
    "Our World in Data and Ember (CC BY 4.0)": ("ourworldindata.org", "ember-energy.org", "ember-climate.org"),
    "Companies: filings, results, product documents": (
        "smics.com", "huawei.com", "hisilicon.com", "nvidia.com", "amd.com", "intel.com", "google.com", "amazon.com",
        "asml.com", "tsmc.com", "hkexnews.hk", "sse.com.cn", "cninfo.com.cn", "alibabagroup.com", "tencent.com",
        "stockanalysis.com", "opencapital.sh", "markets.sh", "10xinsights.com", "ngram.com", "macrotrends.net",
    ),
    "Scholarship": (
        "arxiv.org", "doi.org", "nber.org", "ssrn.com", "repec.org", "aeaweb.org", "sciencedirect.com", "springer.com",
        "wiley.com", "ieee.org", "acm.org", "plos.org", "nature.com", "jstor.org", "cepr.org", "uchicago.edu",
        "informs.org", "newyorkfed.org", "oup.com", "mit.edu", "pubs.rsc.org",
    ),
    "Repositories and their documents, each under its own licence": ("github.com", "gitee.com", "huggingface.co"),
}  # fmt: skip
OTHERS = "Research houses, policy institutes, news organisations and secondary copies"
NONE = "no address: recalled, or a source that has none"


def hosts_by_class() -> dict[str, Counter[str]]:
    """Rows by host name, by class of source, over all tables that have an address."""
    found: dict[str, Counter[str]] = {name: Counter() for name in (*CLASSES, OTHERS, NONE)}
    for table, row in _tables.identified():
        address = SHAPES[table].address
        if address:
            host = (urlsplit(row[address]).hostname or "").removeprefix("www.")
            found[_class(host)][host] += 1
    return found


def _class(host: str) -> str:
    if not host:
        return NONE
    for name, endings in CLASSES.items():
        if any(host == ending or host.endswith(f".{ending}") for ending in endings):
            return name
    return OTHERS


def section() -> str:
    """The list as Markdown."""
    parts = []
    for name, hosts in hosts_by_class().items():
        if hosts:
            listed = ", ".join(sorted(host for host in hosts if host))
            parts.append(f"**{name}** — {hosts.total()} rows" + (f": {listed}." if listed else "."))
    return "\n\n".join(parts)


def renewed(text: str) -> str:
    """`text` with the list between its marks written anew."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{section()}\n\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    write_whole(path, renewed(path.read_text(encoding="utf-8")))
