"""Writing a study as it was solved: overrides applied, tables and catalog beside it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from siting._paths import DATA
from siting.catalog import load_catalog
from siting.study_region import PREFIX, copy_region, region_of

if TYPE_CHECKING:
    from siting.catalog import Catalog
    from siting.study import Study

_HEAD = "# The study as it was solved: scenario and overrides applied, catalog copied beside it.\n"


def save_study(study: Study, folder: Path) -> None:
    """Write ``study`` into ``folder`` so that it loads the same from there."""
    folder.mkdir(parents=True)
    for name in table_names(study):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(study.folder / name, target)
    catalog = folder / "catalog"
    catalog.mkdir()
    for file in sorted(catalog_folder(study).glob("*.csv")):
        shutil.copyfile(file, catalog / file.name)
    content = study.file.model_dump(mode="json", exclude_none=True)
    content["catalog"]["source"] = "catalog"
    region = region_of(study)
    if region is not None:
        copy_region(region, folder / "region")
        content["geography"]["source"] = f"{PREFIX}region"
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    (folder / "study.yaml").write_text(_HEAD + text, encoding="utf-8")


def study_catalog(study: Study) -> Catalog:
    """Return the catalog that ``study`` names, in its column and with its overrides."""
    choice = study.file.catalog
    return load_catalog(
        choice.source, column=choice.column, overrides=choice.overrides, folder=study.folder
    )


def catalog_folder(study: Study) -> Path:
    """Return the folder that holds the catalog of ``study``."""
    source = study.file.catalog.source
    return DATA / "catalog" if source == "bundled" else study.folder / source


def table_names(study: Study) -> tuple[str, ...]:
    """Return the file names of the tables that ``study`` reads, relative to its folder."""
    sites, geography = study.file.sites, study.file.geography
    names = [sites.campuses, sites.substations, sites.power_timelines, sites.tie_lines]
    names += [sites.network_upgrades, sites.bridging]
    if geography.source == "tables":
        names += [geography.nodes, geography.corridors]
    names += [geography.huts, geography.srlgs, geography.leased_waves]
    names += [geography.exclusions]
    return tuple(dict.fromkeys(name for name in names if name is not None))
