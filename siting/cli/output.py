"""What goes where: results to standard output, all else to standard error.

With ``--json`` standard output takes one JSON object and nothing else, not even what a C library
of a solver prints: the file descriptor itself leads to standard error meanwhile.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from siting.errors import InfeasibleError, SitingError, SolverError
from siting.outcome import EXIT_INFEASIBLE, EXIT_INPUT, EXIT_REJECTED

if TYPE_CHECKING:
    from rich.status import Status

_LOG = logging.getLogger("siting")
_LOG.addHandler(logging.NullHandler())  # errors are shown here, not by logging as well
_INTERRUPTED = 130
_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb found."""

    content: dict[str, Any]
    """For ``--json``."""
    text: str
    """For people."""
    exit_code: int = 0
    errors: tuple[str, ...] = ()
    """Why it did not go well: red lines on standard error."""


@dataclass(slots=True)
class Terminal:
    """Standard error during a verb: progress, warnings, errors; and the log file."""

    is_json: bool
    is_debug: bool
    console: Console = field(default_factory=lambda: Console(stderr=True))
    _status: Status | None = None
    _last: tuple[float, str] = (0.0, "")
    _held: str = ""
    """A line not shown: so soon after another one of its phase. The last one of a phase is."""

    def say(self, line: str) -> None:
        """Show a line of progress: in place on a terminal, else now and then."""
        _LOG.info(line)
        if line.startswith("warning: "):
            self.console.print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)
        elif self._status is not None and self.console.is_terminal:
            self._status.update(line.replace("[", "\\["))
        else:
            now, phase = time.monotonic(), "".join(c for c in line if c.isalpha())[:12]
            if phase == self._last[1] and now - self._last[0] <= _EVERY_S:
                self._held = line
                return
            if phase == self._last[1]:
                self._held = ""  # a newer one is shown
            self._show_held()
            self._show(line)
            self._last = (now, phase)

    def _show_held(self) -> None:
        """Show the line that was not shown, if there is one."""
        if self._held:
            self._show(self._held)
            self._held = ""

    def _show(self, line: str) -> None:
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def complain(self, text: str) -> None:
        """Show errors in red, one line each."""
        for line in text.splitlines():
            _LOG.error(line)
            self.console.print(line, style="red", markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Show progress in place while a verb works."""
        if not self.console.is_terminal:
            try:
                yield
            finally:
                self._show_held()
            return
        with self.console.status("working") as status:
            self._status = status
            try:
                yield
            finally:
                self._status = None


def run_verb(
    work: Callable[[Terminal], Answer], *, is_json: bool, log_file: Path | None, is_debug: bool
) -> int:
    """Do the work of a verb, show its answer, and return the exit code."""
    terminal = Terminal(is_json, is_debug)
    try:
        with _log_to(log_file):
            answer = _answer(work, terminal)
            for line in answer.errors:
                terminal.complain(line)
    except OSError as error:  # of the log file
        answer = _failure(_told(error), type(error).__name__, EXIT_INPUT)
        terminal.complain(answer.errors[0])
    if is_json:
        text = json.dumps(answer.content, indent=1, ensure_ascii=False, allow_nan=False)
    else:
        text = answer.text
    if text:
        sys.stdout.write(text.rstrip("\n") + "\n")
        sys.stdout.flush()
    return answer.exit_code


def _answer(work: Callable[[Terminal], Answer], terminal: Terminal) -> Answer:
    try:
        with _standard_output_kept(is_json=terminal.is_json), terminal.working():
            return work(terminal)
    except KeyboardInterrupt:
        return _failure("interrupted", "Interrupted", _INTERRUPTED)
    except (SitingError, OSError) as error:
        _trace(is_debug=terminal.is_debug)
        return _failure(_told(error), type(error).__name__, _code_of(error))
    except Exception as error:  # noqa: BLE001  # no traceback unless asked for
        _LOG.debug("internal error", exc_info=True)
        _trace(is_debug=terminal.is_debug)
        words = f"internal error: {type(error).__name__}: {error} (--debug shows where)"
        return _failure(" ".join(words.split()), type(error).__name__, EXIT_REJECTED)


def usage_failure(message: str, *, is_json: bool) -> int:
    """Show a wrong command line and return the exit code."""
    Terminal(is_json, is_debug=False).complain(message)
    if is_json:
        content = _failure(message, "UsageError", EXIT_INPUT).content
        sys.stdout.write(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return EXIT_INPUT


def _failure(message: str, kind: str, code: int) -> Answer:
    content = {"error": {"type": kind, "message": message}, "exit_code": code}
    return Answer(content, "", code, (message,))


def _told(error: SitingError | OSError) -> str:
    if isinstance(error, OSError) and not isinstance(error, SitingError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}"
    return str(error)


def _code_of(error: Exception) -> int:
    if isinstance(error, InfeasibleError):
        return EXIT_INFEASIBLE
    return EXIT_REJECTED if isinstance(error, SolverError) else EXIT_INPUT


def _trace(*, is_debug: bool) -> None:
    if is_debug:
        traceback.print_exc(file=sys.stderr)


@contextmanager
def _log_to(path: Path | None) -> Iterator[None]:
    if path is None:
        yield
        return
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    level = _LOG.level
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        _LOG.setLevel(level)
        _LOG.removeHandler(handler)
        handler.close()


@contextmanager
def _standard_output_kept(*, is_json: bool) -> Iterator[None]:
    if not is_json:
        yield
        return
    kept = None
    sys.stdout.flush()
    with suppress(OSError, ValueError):
        kept = os.dup(1)
        os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        if kept is not None:
            os.dup2(kept, 1)
            os.close(kept)
