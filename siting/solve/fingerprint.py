"""SHA-256 of an instance: the full numeric problem."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import operator
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
    if isinstance(value, frozenset):
        return sorted(value)
    if not dataclasses.is_dataclass(value):
        msg = f"cannot fingerprint {type(value).__name__}"
        raise TypeError(msg)
    kind: type = type(value)
    return [_named(x) if isinstance(x, dict) else x for x in _values(kind)(value)]


@functools.cache
def _values(kind: type) -> Callable[[object], tuple[object, ...]]:
    """Return what reads the fields of a record, in order: a large instance has a million."""
    names = [field.name for field in dataclasses.fields(kind)]
    read = operator.attrgetter(*names)
    return read if len(names) > 1 else lambda value: (read(value),)
