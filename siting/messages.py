"""Validation errors in a planner's words: where, what is wrong with the value, what would be right."""

from __future__ import annotations

import difflib
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

_LIMITS = {
    "greater_than": ("greater than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


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
        elif part != "[key]":
            text += f".{part}" if text else part
    return text


def _line(item: dict[str, Any], model: type[BaseModel], noun: str) -> str:
    loc = item["loc"]
    kind = item["type"]
    if kind == "extra_forbidden":
        parent = location(loc[:-1])
        known = _known_keys(model, loc[:-1])
        near = difflib.get_close_matches(str(loc[-1]), known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(known)}"
        text = f"unknown {noun or 'key'} {str(loc[-1])!r}.{hint}"
        return f"{parent}: {text}" if parent else text
    where = f"{noun} {location(loc)!r}" if noun else location(loc)
    got = f"(got {item['input']!r})"
    if kind == "missing":
        return f"{where}: missing"
    if kind in _LIMITS:
        words, key = _LIMITS[kind]
        return f"{where}: must be {words} {item['ctx'][key]:g} {got}"
    if kind == "literal_error":
        return f"{where}: must be one of {item['ctx']['expected']} {got}"
    if kind in {"float_parsing", "float_type", "finite_number"}:
        return f"{where}: must be a finite number {got}"
    if kind.startswith(("int_", "int")):
        return f"{where}: must be a whole number {got}"
    if kind.startswith("date"):
        return f"{where}: must be a date like 2028-01-01 {got}"
    if kind.startswith("bool"):
        return f"{where}: must be true or false {got}"
    if kind == "string_pattern_mismatch":
        return f"{where}: must be letters, digits, '.', '_' or '-', starting with a letter or digit {got}"
    if kind in {"tuple_type", "list_type"}:
        return f"{where}: must be a list {got}"
    if kind in {"dict_type", "model_type", "model_attributes_type"}:
        return f"{where}: must be a mapping of keys to values {got}"
    if kind == "too_short":
        return f"{where}: must have at least {item['ctx']['min_length']} item(s)"
    return f"{where}: {item['msg'].lower()} {got}"


def _known_keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    current: Any = model
    for part in loc:
        if isinstance(current, type) and issubclass(current, BaseModel):
            field = current.model_fields.get(str(part))
            if field is None:
                return []
            current = field.annotation
        current = _model_in(current)
        if current is None:
            return []
    return sorted(current.model_fields)


def _model_in(annotation: Any) -> Any:  # noqa: ANN401
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        found = _model_in(part)
        if found is not None:
            return found
    return None
