"""What the studies on the synthetic TAMU grid have in common: its headroom and where it is from."""

from __future__ import annotations

import pandas as pd
import study_tables

SOURCE = "TAMU / Breakthrough Energy synthetic grid, powersimdata 0.5.5 (CC BY 4.0), 2022-12"
SHARE_OF_LINES, SHARE_OF_SURPLUS = 0.05, 0.20
LEAST_HEADROOM_MW, MOST_HEADROOM_MW = 50, 600


def read(name: str) -> pd.DataFrame:
    """Return a table of synthetic substations."""
    return pd.read_csv(study_tables.DATA / "grid" / name)


def headroom(row: pd.Series) -> int:
    """Return a share of the MVA of the lines and of generation less load, within bounds.

    ``SHARE_OF_LINES`` and ``SHARE_OF_SURPLUS``, from ``LEAST_`` to ``MOST_HEADROOM_MW``.
    """
    surplus = max(row.generation_mw - row.load_mw, 0.0)
    megawatts = study_tables.rounded(SHARE_OF_LINES * row.line_mva + SHARE_OF_SURPLUS * surplus)
    return min(max(megawatts, LEAST_HEADROOM_MW), MOST_HEADROOM_MW)


def headroom_note(row: pd.Series) -> str:
    return f"from {row.line_mva:.0f} MVA of lines"
