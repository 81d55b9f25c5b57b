"""SHA-256 of an instance: the full numeric problem."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import operator
import struct
from collections.abc import Callable

from siting.instance import Instance


def instance_sha256(instance: Instance) -> str:
    """Return the fingerprint of the numbers of an instance.

    Solver options do not count, nor do the graph of all routes, the source of further ones and the
    count of excluded routes: they follow from study and network, which have fingerprints of their
    own.
    """
    digest = hashlib.sha256()
    for field in dataclasses.fields(instance):
        if field.name in {"defaults", "scenario", "graph", "more_routes", "excluded_routes"}:
            continue
        digest.update(field.name.encode())
        digest.update(_text(getattr(instance, field.name)).encode())
    return digest.hexdigest()


def _text(value: object) -> str:
    return json.dumps(_named(value), default=_plain, sort_keys=True, check_circular=False)


def _named(value: object) -> object:
    """Return a mapping with text for keys of several parts; anything else as it is."""
    if not isinstance(value, dict):
        return value
    return {"/".join(map(str, k)) if isinstance(k, tuple) else k: v for k, v in value.items()}


def _plain(value: object) -> object:
    kind: type = type(value)
    if kind is frozenset:
        return sorted(value)  # type: ignore[call-overload]
    return [_part(x) for x in _reader(kind)(value)]


def _part(value: object) -> object:
    """Return a field of a record; several records in it by their fields."""
    if isinstance(value, dict):
        return _named(value)
    if isinstance(value, tuple) and len(value) > 1 and dataclasses.is_dataclass(value[0]):
        kind: type = type(value[0])
        return [_column(x) for x in zip(*map(_reader(kind), value), strict=True)]
    return value


def _column(values: tuple[object, ...]) -> object:
    """Return what many records have in one field: a large instance has a million numbers."""
    if set(map(type, values)) == {float}:
        return struct.pack(f"<{len(values)}d", *values).hex()
    return [_part(x) for x in values]


@functools.cache
def _reader(kind: type) -> Callable[[object], tuple[object, ...]]:
    """Return what reads the fields of a record, in order."""
    if not dataclasses.is_dataclass(kind):
        msg = f"cannot fingerprint {kind.__name__}"
        raise TypeError(msg)
    names = [field.name for field in dataclasses.fields(kind)]
    read = operator.attrgetter(*names)
    return read if len(names) > 1 else lambda value: (read(value),)
