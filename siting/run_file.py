"""Records that a run folder keeps beside its plan, in JSON files of their own."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from siting.errors import PlanError


class Record(BaseModel):
    """Base of what such a file holds: frozen, no unknown keys."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, from_attributes=True, use_attribute_docstrings=True
    )


class RunFile(Record):
    """The content of one file."""

    file: ClassVar[str]
    """Its name in the run folder."""
    about: ClassVar[str]
    """What it holds, in words."""

    def save(self, folder: Path) -> None:
        """Write it into a run folder."""
        text = self.model_dump_json(indent=1)
        (folder / self.file).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """Read it from a run folder; None where there is none.

        Raises:
            PlanError: the file is there and is not of this kind.
        """
        path = folder / cls.file
        if not path.is_file():
            return None
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (OSError, ValidationError) as error:
            msg = f"{path}: cannot be read as {cls.about}: solve the study again"
            raise PlanError(msg) from error
