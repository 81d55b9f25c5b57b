"""Reports of a plan: page with map, workbook, GIS files, tables, pictures, text.

::

    Plan, Verification, CandidateNetwork, Study
              |
             View ---> tables (costs, materials, sites, links, entities ...) --> page, workbook, CSV
              |------> layers (what the map shows, with its text) ------------> page, GIS, picture

No Pyomo, nothing from the formulation; a report shows a rejected plan as rejected.
"""

from siting.report.files import ReportFiles, report_files, write_report
from siting.report.text import summary_text

__all__ = ["ReportFiles", "report_files", "summary_text", "write_report"]
