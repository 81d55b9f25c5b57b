"""The planner's own data into a region folder or into the tables of a study.

::

    intake    import_data: the steps in order, what is written
    kinds     what can be imported: rows, geometry, other names of columns
    reading   GeoPackage, Shapefile, GeoJSON, KML, KMZ, CSV in any coordinate system
    mapping   the planner's columns to ours
    cleaning  geometry that is empty, 3-D, multipart, of another type, invalid, drawn twice
    tables    points as rows of a study
    report    what was found, and done about it

What can be mended is mended and reported; what cannot is refused, all problems in one message.
"""

from __future__ import annotations

from siting.geography.intake.intake import IntakeOptions, import_data
from siting.geography.intake.kinds import KINDS
from siting.geography.intake.report import IntakeReport

__all__ = ["KINDS", "IntakeOptions", "IntakeReport", "import_data"]
