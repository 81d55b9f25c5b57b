"""The numeric decision problem: frozen records, and how a study and its network become them."""

from __future__ import annotations

from siting.instance.build import build_instance
from siting.instance.records import Instance

__all__ = ["Instance", "build_instance"]
