"""A country_info folder with a few of the datasets and the figures of the last years, so that a refresh takes a moment."""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
from pathlib import Path

from safe_lib.catalogue import paths
from safe_lib.sources.latest import build_latest
from safe_lib.sources.notice import write_notice

DATASETS = paths.COUNTRY_INFO / "_datasets"
FROM = 2021  # the first year of the figures
SMALL = {"wb_wdi": ("population",), "wb_wgi_dd": (), "unhcr_rdf": (), "ucdp_ov251": (), "who_gho": ()}  # dataset → indicators; none: all
BESIDE = ("countries.csv", "subdivisions.csv", "indicators.yaml", "not_shipped.yaml", "switched_off.yaml")


def make_small_datasets(folder: Path) -> Path:
    """Make it; `folder` must not be there yet."""
    (folder / "_datasets").mkdir(parents=True)
    shutil.copy(paths.COUNTRY_INFO / "themes.yaml", folder)
    for name in BESIDE:
        shutil.copy(DATASETS / name, folder / "_datasets")
    for id, indicators in SMALL.items():
        _copy(id, indicators, folder / "_datasets" / id)
    write_notice(folder / "_datasets")
    build_latest(folder / "_datasets")
    return folder


def _copy(id: str, indicators: tuple[str, ...], target: Path) -> None:
    target.mkdir()
    head, *lines = gzip.decompress((DATASETS / id / "data.csv.gz").read_bytes()).decode().splitlines()
    kept = [line for line in lines if int(line.split(",")[2]) >= FROM and (not indicators or line.split(",")[1] in indicators)]
    content = gzip.compress("\n".join([head, *kept, ""]).encode(), mtime=0)
    (target / "data.csv.gz").write_bytes(content)
    text = (DATASETS / id / "dataset.yaml").read_text(encoding="utf-8")
    text = re.sub(r"sha256: \w+", f"sha256: {hashlib.sha256(content).hexdigest()}", text)
    text = re.sub(r"first: (2012|2005)\n", f"first: {FROM}\n", text)
    if indicators:
        text = re.sub(r"(  codes:\n)(?:    \w+: .*\n)+", r"\1    population: SP.POP.TOTL\n", text)
    (target / "dataset.yaml").write_text(text, encoding="utf-8")
