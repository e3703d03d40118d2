"""Prints results: a line for each estimator, a column for each cell, and a sentence for each failure."""

from __future__ import annotations

import json
from typing import Dict, List, Tuple

from .check import Result

MARKS = {"passes": "pass", "fails": "FAIL", "not offered": "-"}


def scoreboard(results: List[Result]) -> str:
    cells = list(dict.fromkeys(result.case.cell for result in results))
    names = list(dict.fromkeys(result.case.name for result in results))
    table: Dict[Tuple[str, str], str] = {(r.case.name, r.case.cell): MARKS[r.verdict] for r in results}
    width = max([len(name) for name in names], default=0)
    columns = {cell: max(len(cell), 4) for cell in cells}
    lines = [" ".join([" " * width, *(f"{cell:>{columns[cell]}}" for cell in cells)])]
    for name in names:
        lines.append(
            " ".join(
                [f"{name:<{width}}", *(f"{table.get((name, cell), ''):>{columns[cell]}}" for cell in cells)]
            ).rstrip()
        )
    same: Dict[Tuple[str, str], List[str]] = {}
    for r in results:
        if r.verdict == "fails":
            same.setdefault((r.case.cell, r.sentence), []).append(r.case.name)
    failures = [f"{cell}: {', '.join(names)}: {sentence}" for (cell, sentence), names in same.items()]
    partly = sorted({r.case.estimator for r in results if r.verdict == "passes" and r.sentence})
    counts = {verdict: sum(r.verdict == verdict for r in results) for verdict in MARKS}
    worst = max((r.distance for r in results if r.distance is not None), default=0.0)
    shown = ", ".join(
        f"{count} {name}" for name, count in zip(("pass", "fail", "not offered"), counts.values())
    )
    summary = f"{shown}; largest distance {worst:.0e}"
    notes = [f"gradients alone, no influence returned: {', '.join(partly)}"] if partly else []
    return "\n".join([*lines, "", *failures, *([""] if failures else []), *notes, summary])


def as_json(results: List[Result]) -> str:
    """A line for each result."""
    return "\n".join(
        json.dumps(
            {
                "case": r.case.name,
                "cell": r.case.cell,
                "verdict": r.verdict,
                "sentence": r.sentence,
                "distance": r.distance,
            }
        )
        for r in results
    )
