"""SHA-256 of an instance: the full numeric problem."""

from __future__ import annotations

import dataclasses
import hashlib
import json

from siting.instance import Instance


def instance_sha256(instance: Instance) -> str:
    """Return the fingerprint of the numbers of an instance.

    Solver options do not count, nor do the graph for bounds and the count of excluded routes: they
    follow from study and network, which have fingerprints of their own.
    """
    digest = hashlib.sha256()
    for field in dataclasses.fields(instance):
        if field.name in {"defaults", "scenario", "graph", "excluded_routes"}:
            continue
        digest.update(field.name.encode())
        digest.update(_text(getattr(instance, field.name)).encode())
    return digest.hexdigest()


def _text(value: object) -> str:
    return json.dumps(_named(value), default=_plain, sort_keys=True)


def _named(value: object) -> object:
    """Return a mapping with text for keys of several parts; anything else as it is."""
    if not isinstance(value, dict):
        return value
    return {"/".join(map(str, k)) if isinstance(k, tuple) else k: v for k, v in value.items()}


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _named(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    msg = f"cannot fingerprint {type(value).__name__}"
    raise TypeError(msg)
