"""YAML as a study file needs it: no key twice, dates as text, no shared values."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from siting._paths import MODELS
from siting.errors import StudyError

MOST_VALUES = 1_000_000
"""In a YAML file, each alias counted as what it stands for."""


def shown(path: Path) -> str:
    """Return the path as a planner knows it: below the working folder, or a bundled study."""
    for folder in (Path.cwd(), MODELS):
        if path.is_relative_to(folder):
            return str(path.relative_to(folder))
    return str(path)


class _UniqueKeyLoader(yaml.SafeLoader):
    """A loader that refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = str(key_node.value)
            if key in seen:
                line = key_node.start_mark.line + 1
                msg = f"line {line}: key {key!r} is given twice"
                raise StudyError(msg)
            seen.add(key)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


# Dates stay text: the schema reads them, and says where a wrong one is.
_UniqueKeyLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith(":timestamp")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parse_value(text: str) -> Any:  # noqa: ANN401
    """Return the value that ``text`` means in a study file, e.g. 0.5 or [100, 200]."""
    try:
        return yaml.load(text, Loader=_UniqueKeyLoader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError):
        return text


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds.

    Raises:
        StudyError: it cannot be read, is not YAML, holds a key twice, or no mapping.
    """
    where = shown(path)
    try:
        raw = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_UniqueKeyLoader)  # noqa: S506
        unshared = _unshared(raw, itertools.count())
    except OSError as error:
        msg = f"{where}: cannot be read ({error.strerror})"
        raise StudyError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{where}: is not UTF-8 text"
        raise StudyError(msg) from error
    except StudyError as error:
        msg = f"{where}, {error}"
        raise StudyError(msg) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        msg = f"{where}{line}: is not YAML ({getattr(error, 'problem', None) or error})"
        raise StudyError(msg) from error
    except RecursionError:
        msg = f"{where}: is nested too deep, or an alias holds itself"
        raise StudyError(msg) from None
    except ValueError as error:  # a number of thousands of digits, a value that no tag allows
        msg = f"{where}: holds a value that cannot be read ({error})"
        raise StudyError(msg) from error
    if not isinstance(unshared, dict):
        msg = f"{where}: must be a mapping of keys to values"
        raise StudyError(msg)
    return unshared


def _unshared(value: Any, count: Iterator[int]) -> Any:  # noqa: ANN401
    """Return a copy without YAML aliases, so that an override changes one place only."""
    if next(count) > MOST_VALUES:
        msg = f"holds more than {MOST_VALUES:,} values: its aliases multiply"
        raise StudyError(msg)
    if isinstance(value, dict):
        return {key: _unshared(item, count) for key, item in value.items()}
    if isinstance(value, list):
        return [_unshared(item, count) for item in value]
    return value
