"""SHA-256 fingerprints of what a plan depends on."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from siting.study_region import PREFIX, region_of, region_sha256, zones_path

if TYPE_CHECKING:
    from siting.catalog import Catalog
    from siting.study import Study


def study_sha256(study: Study, catalog: Catalog) -> str:
    """Return the fingerprint of a study: its content, tables and catalog values, not its folder."""
    content = study.model_dump(mode="json", exclude={"folder", "scenario"})
    content["file"].pop("solve")
    region = region_of(study)
    if region is not None:
        content["file"]["geography"]["source"] = f"{PREFIX}{region_sha256(region)}"
    zones = zones_path(study)
    if zones is not None:
        digest = hashlib.sha256(zones.read_bytes()).hexdigest()
        content["file"]["geography"]["exclusions"] = digest
    content["file"]["catalog"] = {
        row_id: [catalog.value(row_id), row.life_years, row.lead_time_years]
        for row_id, row in sorted(catalog.rows.items())
    }
    return sha256_of(content)


def sha256_of(content: object) -> str:
    """Return the fingerprint of JSON content, independent of key order."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
