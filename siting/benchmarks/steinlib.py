"""Steiner tree files of PACE (``.gr``) and SteinLib (``.stp``): sections Graph and Terminals."""

from __future__ import annotations

import math
from pathlib import Path

from siting.benchmarks.problems import Problems
from siting.instance.steiner import SteinerProblem

_IGNORED = {"comment", "coordinates", "presolve", "tree decomposition"}


def is_steinlib(text: str) -> bool:
    """Return whether the beginning of a file looks like a Steiner tree file."""
    head = text.lstrip("\ufeff").lstrip().lower()
    return head.startswith(("section", "33d32945", "0 string 33d32945"))


def read_steinlib(path: Path) -> SteinerProblem:
    """Read a file; every problem of it comes in one error."""
    problems = Problems(path.name)
    reader = _Reader(problems)
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1):
        words = line.split("#")[0].split()
        if words and words[0].lower() == "eof":
            break
        if words:
            reader.read(f"line {number}", words)
    reader.finish()
    problems.stop()
    return SteinerProblem(
        path.stem,
        reader.sizes["nodes"],
        tuple(reader.edges),
        tuple(dict.fromkeys(reader.terminals)),
    )


class _Reader:
    """Takes a file line by line."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._section = ""
        self.sizes: dict[str, int] = {}
        self.edges: list[tuple[int, int, float]] = []
        self.terminals: list[int] = []
        self._ends: list[tuple[str, int]] = []

    def read(self, where: str, words: list[str]) -> None:
        key = words[0].lower()
        if key == "section":
            self._section = " ".join(words[1:]).lower()
            known = {"graph", "terminals", *_IGNORED}
            if self._section not in known:
                self._problems.add(
                    f"{where}: section {' '.join(words[1:])!r} is not solved here: Graph, Terminals"
                )
        elif key == "end":
            self._section = ""
        elif self._section == "graph":
            self._graph(where, key, words)
        elif self._section == "terminals":
            self._terminal(where, key, words)

    def _graph(self, where: str, key: str, words: list[str]) -> None:
        if key in {"nodes", "edges"}:
            self._size(where, key, words)
        elif key == "e":
            numbers = self._numbers(where, words, 3, "E node node weight")
            if numbers is None:
                return
            a, b, weight = numbers
            if weight < 0 or not math.isfinite(weight):
                self._problems.add(f"{where}: weight {weight:g} must be finite and at least 0")
            self._ends += [(where, int(a)), (where, int(b))]
            self.edges.append((int(a), int(b), weight))
        elif key in {"a", "arcs"}:
            self._problems.add(f"{where}: directed arcs are not solved here: edges 'E u v weight'")
        elif key != "obstacles":
            self._problems.add(f"{where}: {words[0]!r} must be Nodes, Edges or E")

    def _terminal(self, where: str, key: str, words: list[str]) -> None:
        if key == "terminals":
            self._size(where, key, words)
        elif key == "t":
            numbers = self._numbers(where, words, 1, "T node")
            if numbers is not None:
                self._ends.append((where, int(numbers[0])))
                self.terminals.append(int(numbers[0]))
        elif key not in {"root", "rootp"}:
            self._problems.add(f"{where}: {words[0]!r} must be Terminals or T")

    def _size(self, where: str, key: str, words: list[str]) -> None:
        if len(words) == 2 and words[1].isascii() and words[1].isdigit():
            self.sizes[key] = int(words[1])
        else:
            self._problems.add(
                f"{where}: {' '.join(words)!r} must be {words[0]} and a whole number"
            )

    def _numbers(
        self, where: str, words: list[str], count: int, right: str
    ) -> tuple[float, ...] | None:
        try:
            numbers = tuple(float(word) for word in words[1:])
            nodes = [*map(int, words[1:3])] if count > 1 else [int(words[1])]
        except (ValueError, IndexError):
            numbers, nodes = (), []
        if len(numbers) != count or not nodes:
            self._problems.add(f"{where}: {' '.join(words)!r} must be {right!r}")
            return None
        return numbers

    def finish(self) -> None:
        """Compare the sizes told with what was read."""
        read = {"edges": len(self.edges), "terminals": len(self.terminals)}
        for key in ("nodes", "edges", "terminals"):
            if key not in self.sizes:
                self._problems.add(f"{key.capitalize()} is missing")
            elif key in read and self.sizes[key] != read[key]:
                self._problems.add(
                    f"{key.capitalize()} says {self.sizes[key]}, but the file has {read[key]}"
                )
        most = self.sizes.get("nodes", 0)
        for where, node in self._ends:
            if not 1 <= node <= most:
                self._problems.add(f"{where}: node {node} must be from 1 to {most}")
        if not self.terminals:
            self._problems.add("no terminal: a tree connects at least one")
