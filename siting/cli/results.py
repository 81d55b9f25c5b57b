"""The verbs about what is there: verify, report, compare, doctor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from siting.cli.output import Answer, Terminal
from siting.data_findings import DataFindings
from siting.doctor import diagnose
from siting.errors import PlanError
from siting.outcome import EXIT_INPUT, EXIT_REJECTED
from siting.runs import Run, load_outcome, load_run
from siting.why import Why

_SHOWN = 20


def verify_run(path: Path) -> Answer:
    """Verify the plan of a run folder again."""
    from siting.verify import verify

    run = _run(path)
    verification = verify(run.plan, run.study, run.network)
    content = {
        "accepted": verification.accepted,
        "violations": [
            {
                "rule": found.rule,
                "where": found.where,
                "value": found.value,
                "limit": found.limit,
                "unit": found.unit,
                "message": found.message,
            }
            for found in verification.violations
        ],
    }
    if verification.accepted:
        checks = sum(verification.rules_checked.values())
        return Answer(
            content,
            f"accepted: {len(verification.rules_checked)} rules, {checks:,} checks, "
            f"{verification.objective_usd / 1e6:,.3f} M USD",
        )
    count = len(verification.violations)
    lines = [f"{v.rule}: {v.message}" for v in verification.violations[:_SHOWN]]
    if count > _SHOWN:
        lines.append(f"... and {count - _SHOWN} more")
    return Answer(content, "", EXIT_REJECTED, (f"rejected: {count} violation(s)", *lines))


def report_run(terminal: Terminal, path: Path, out: Path | None) -> Answer:
    """Verify the plan of a run folder again and write its report."""
    from siting.report import write_report
    from siting.report.text import summary_text
    from siting.verify import verify

    run = _run(path)
    terminal.say("verifying the plan")
    verification = verify(run.plan, run.study, run.network)
    if not verification.accepted:
        count = len(verification.violations)
        why = f"rejected: {count} violation(s), see siting verify {run.folder}; nothing is reported"
        return Answer({"accepted": False, "files": []}, "", EXIT_REJECTED, (why,))
    folder = out or run.folder
    folder.mkdir(parents=True, exist_ok=True)
    terminal.say("writing the report")
    written = write_report(
        run.plan,
        verification,
        run.network,
        folder,
        study=run.study,
        findings=DataFindings.load(run.folder),
        why=Why.load(run.folder),
    )
    files = [str(path) for path in written.paths()]
    content = {"accepted": True, "folder": str(folder), "files": files}
    return Answer(content, summary_text(run.plan, verification, run.network, run.study))


def compare_runs(paths: Sequence[Path]) -> Answer:
    """Show runs side by side."""
    from siting.cli.comparison import compare_outcomes

    table = compare_outcomes([(path.resolve().name, load_outcome(path)) for path in paths])
    return Answer({"runs": table.records()}, table.text())


def diagnose_here() -> Answer:
    """Say what is installed here."""
    found = diagnose()
    lines = [f"siting {found.siting}, Python {found.python}, {found.platform}"]
    for library in found.libraries:
        extra = f"  (extra {library.extra})" if library.extra else ""
        lines.append(f"  {library.name:<18} {library.version or 'missing'}{extra}")
    lines += [f"  {t.name:<18} {t.path or 'missing'}  ({t.purpose})" for t in found.tools]
    errors = tuple(f"missing library: {name}" for name in found.missing)
    return Answer(found.as_dict(), "\n".join(lines), EXIT_INPUT if errors else 0, errors)


def _run(path: Path) -> Run:
    if path.is_file():
        return load_run(path.parent, path)
    if not path.exists():
        msg = f"{path}: no such run folder or plan"
        raise PlanError(msg)
    return load_run(path)
