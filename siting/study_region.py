"""The region folder that a study names: where it is, what its content is, copying it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from siting.study import Study

PREFIX: Final = "folder:"
HEAD: Final = "region.json"
_CONTENT: Final = ("ways.parquet", "exclusions.parquet", "hazards.parquet")
"""Files that decide the network; ``region.json`` says where they come from."""
LAYER_SUFFIXES: Final = (".gpkg", ".geojson", ".json", ".parquet")
"""Layers that are one file, so that a study can be copied."""


def region_path(source: str, study_folder: Path) -> Path | None:
    """Return the folder that ``folder:<path>`` means, None for another source.

    Args:
        source: ``geography.source`` of a study.
        study_folder: where relative paths start.
    """
    if not source.startswith(PREFIX):
        return None
    return study_folder / Path(source.removeprefix(PREFIX).strip()).expanduser()


def region_of(study: Study) -> Path | None:
    """Return the region folder of ``study``, None when it names none."""
    return region_path(study.file.geography.source, study.folder)


def zones_path(study: Study) -> Path | None:
    """Return the layer of exclusion zones of ``study``, None when it names none."""
    name = study.file.geography.exclusions
    return None if name is None else study.folder / name


def zone_layer_problems(study: Study) -> list[str]:
    """Return what is wrong with the layer of exclusion zones that ``study`` names, in words."""
    path, source = zones_path(study), study.file.geography.source
    if path is None:
        return []
    where = f"geography.exclusions: {study.file.geography.exclusions!r}"
    if source == "tables":
        return [f"{where} cuts the ways of a region; with the source {source!r} there are none"]
    if path.suffix not in LAYER_SUFFIXES:
        known = ", ".join(LAYER_SUFFIXES)
        return [f"{where} must be one file that ends in {known}"]
    return [] if path.is_file() else [f"{where}: no such file in {study.folder}"]


def region_problems(study: Study) -> list[str]:
    """Return what is wrong with the region folder that ``study`` names, in words."""
    folder = region_of(study)
    if folder is None:
        return []
    missing = [name for name in (HEAD, _CONTENT[0]) if not (folder / name).is_file()]
    if not missing:
        return []
    source, lacks = study.file.geography.source, " and no ".join(missing)
    text = f"geography.source: {source!r} is no region, {folder} has no {lacks}"
    return [f"{text}; make one with 'siting geography build'"]


def region_sha256(folder: Path) -> str:
    """Return the fingerprint of what the region in ``folder`` gives a study."""
    digest = hashlib.sha256()
    for name in _CONTENT:
        path = folder / name
        if path.is_file():
            digest.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def copy_region(folder: Path, target: Path) -> None:
    """Copy what a study needs of a region folder."""
    target.mkdir(parents=True)
    for name in (HEAD, *_CONTENT):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, target / name)
