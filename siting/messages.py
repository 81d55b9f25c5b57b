"""Validation errors in a planner's words: where, what is wrong, what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

_UNITS = {
    "_usd_per_mw_year": "USD per MW-year",
    "_usd_per_it_mw": "USD per IT MW",
    "_usd_per_mw": "USD per MW",
    "_usd_per_mwh": "USD per MWh",
    "_usd_per_km": "USD per km",
    "_usd_per_kw": "USD per kW",
    "usd_per_month": "USD per month",
    "_usd": "USD",
    "_mw": "MW",
    "_kw": "kW",
    "_kw_per_accelerator": "kW",
    "_km": "km",
    "_km2": "km2",
    "_ms": "ms",
    "_s": "s",
    "_hours": "h",
    "_years": "years",
    "_gbps": "Gb/s",
    "_db": "dB",
}
_LIMITS = {
    "greater_than": ("greater than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}
_KINDS = {
    "float": "a finite number",
    "finite": "a finite number",
    "int": "a whole number",
    "date": "a date like 2028-01-01",
    "bool": "true or false",
    "string_pattern": "letters, digits, '.', '_' or '-', starting with a letter or digit",
    "string": "text",
    "tuple": "a list",
    "list": "a list",
    "dict": "a mapping of keys to values",
    "model": "a mapping of keys to values",
}
"""What a value must be, by the start of pydantic's name of the problem."""


def unknown(where: str, value: str, table: str, known: Iterable[str]) -> list[str]:
    """Return what to say of a name that is not among the known ones: nothing when it is."""
    names = list(known)
    if value in names:
        return []
    near = difflib.get_close_matches(value, names, n=1)
    hint = f". Did you mean {near[0]!r}?" if near else ""
    return [f"{where}: {value!r} is not in {table}{hint}"]


def repeated(where: str, values: Sequence[str]) -> list[str]:
    """Return what to say of names given more than once."""
    return [f"{where}: {v!r} is given twice" for v in dict.fromkeys(values) if values.count(v) > 1]


def validation_messages(
    error: ValidationError, model: type[BaseModel], noun: str = ""
) -> list[str]:
    """Return one line for each problem of ``error``.

    Args:
        error: what pydantic raised for ``model``.
        model: the schema, for suggestions of misspelled keys.
        noun: ``column`` when the model is a table row.
    """
    lines: list[str] = []
    for item in error.errors():
        if item["type"] == "too_short" and len(item["input"]) >= item["ctx"]["min_length"]:
            continue  # items that are wrong do not count for pydantic; they have their own lines
        if item["type"] == "value_error" and "ctx" in item:
            where = location(item["loc"])
            text = str(item["ctx"]["error"])
            lines += [f"{where}.{part}" if where else part for part in text.splitlines()]
            continue
        lines.append(_line(dict(item), model, noun))
    return list(dict.fromkeys(lines))


def location(loc: tuple[int | str, ...]) -> str:
    """Return ``campuses[1].limit_mw`` for ``('campuses', 1, 'limit_mw')``."""
    text = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part}]"
        elif not part.startswith("["):  # a mark of pydantic or of the schema, not a key
            text += f".{part}" if text else part
    return text


def _line(item: dict[str, Any], model: type[BaseModel], noun: str) -> str:
    loc = item["loc"]
    kind = item["type"]
    if kind == "extra_forbidden":
        parent = location(loc[:-1])
        known = _known_keys(model, loc[:-1])
        near = difflib.get_close_matches(str(loc[-1]), known, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}"
        text = f"unknown {noun or 'key'} {str(loc[-1])!r}. {hint}"
        return f"{parent}: {text}" if parent else text
    where = f"{noun} {location(loc)!r}" if noun else location(loc)
    if kind == "missing":
        return f"{where}: missing value" if noun else f"{where}: missing"
    return f"{where}: {_wanted(item)} (got {item['input']!r})"


def _wanted(item: dict[str, Any]) -> str:
    """Return what the value must be."""
    kind, limits = item["type"], item.get("ctx", {})
    if str(item["input"]).lower() == "nan":
        return "must be a finite number"
    if kind in _LIMITS:
        words, key = _LIMITS[kind]
        return f"must be {words} {limits[key]:g}{_unit(item['loc'])}"
    special = {
        "multiple_of": f"must be a multiple of {limits.get('multiple_of')}",
        "literal_error": f"must be {_one_of(str(limits.get('expected')))}",
        "too_short": f"must have at least {limits.get('min_length')} item(s)",
    }
    if kind in special:
        return special[kind]
    for prefix, words in _KINDS.items():
        if kind.startswith(prefix):
            return f"must be {words}"
    return str(item["msg"]).lower()


def _one_of(expected: str) -> str:
    return f"one of {expected}" if "'" in expected and " or " in expected else expected


def _unit(loc: tuple[int | str, ...]) -> str:
    """Return the unit that the name of a field ends with, after a space."""
    names = (part for part in reversed(loc) if isinstance(part, str))
    name = next((part for part in names if not part.startswith("[")), "")
    ends = [end for end in _UNITS if name.endswith(end)]
    return f" {_UNITS[max(ends, key=len)]}" if ends else ""


def _known_keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys of the section at ``loc``; positions and free keys lead into the item."""
    current: type[BaseModel] | None = model
    for part in loc:
        if current is not None and part in current.model_fields:
            current = _model_in(current.model_fields[str(part)].annotation)
    return sorted(current.model_fields) if current else []


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
