"""The command line: one verb per job, in the terminal and for programs (``--json``).

::

    app        the verbs, their options and help
    output     what goes to standard output and standard error, exit codes
    solving    solve, batch, sweep
    studies    new, check
    results    verify, report, compare, doctor
    geography  the verbs of geography: fetch, import, build, show (regions: what they do)

Documented in ``docs/cli.md``.
"""

from __future__ import annotations

from siting.cli.app import main

__all__ = ["main"]
