"""The command: recurrent-gradient-conformance MODULE[:OBJECT]."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import sys
from typing import Any, List, Optional

from .case import BadVectors, Case, load
from .check import check
from .impostors import rejected
from .reference import Reference
from .scoreboard import as_json, scoreboard

#: Implementations that come with the package, by name: where they are, and what they need.
BUILT_IN = {
    "numpy": ("recurrent_gradient_conformance.reference", "Reference", "numpy"),
    "torch": ("recurrent_gradient_conformance.adapters.pytorch", "PyTorch", "torch"),
    "jax": ("recurrent_gradient_conformance.adapters.jax_autodiff", "Jax", "jax"),
    "braintrace": ("recurrent_gradient_conformance.adapters.braintrace_online", "BrainTrace", "braintrace"),
}


class BadUsage(Exception):
    """Something that was asked for is not there."""


def main(argv: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(
        prog="recurrent-gradient-conformance",
        description="Runs an implementation of recurrent gradients against vectors and prints a scoreboard. "
        "The exit code is 0 if nothing fails, 1 if something does, and 2 for a wrong use.",
    )
    parser.add_argument(
        "implementation",
        nargs="?",
        help=f"{', '.join(BUILT_IN)}, a module, MODULE:OBJECT, or a file such as mine.py or mine.py:Mine",
    )
    parser.add_argument("--cell", action="append", help="this cell alone; may be repeated")
    parser.add_argument("--estimator", action="append", help="this estimator alone; may be repeated")
    parser.add_argument("--vectors", help="a folder of vectors in place of those of the package")
    parser.add_argument("--json", action="store_true", help="a line of JSON for each case")
    parser.add_argument("--list", action="store_true", help="lists the cases")
    parser.add_argument(
        "--impostors", action="store_true", help="shows that implementations with one fault are rejected"
    )
    try:
        options = parser.parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        cases = selected(load(options.vectors), options.cell, options.estimator)
        if options.list:
            print("\n".join(f"{case.cell}: {case.name}" for case in cases))
            return 0
        if options.impostors:
            return show_impostors(cases)
        if options.implementation is None:
            raise BadUsage(
                f"name an implementation: {', '.join(BUILT_IN)}, a module, or a file such as mine.py"
            )
        results = check(find(options.implementation), cases)
    except (BadUsage, BadVectors) as error:
        print(f"recurrent-gradient-conformance: {error}", file=sys.stderr)
        return 2
    if options.estimator:
        results = [result for result in results if result.case.estimator in options.estimator]
    print(as_json(results) if options.json else scoreboard(results))
    if all(result.verdict == "not offered" for result in results):
        print(
            "recurrent-gradient-conformance: nothing was checked; define functions such as rtrl(case)",
            file=sys.stderr,
        )
        return 2
    return int(any(result.verdict == "fails" for result in results))


def selected(cases: List[Case], cells: Optional[List[str]], estimators: Optional[List[str]]) -> List[Case]:
    for what, wanted, known in (
        ("cell", cells, {case.cell for case in cases}),
        ("estimator", estimators, {case.estimator for case in cases} | {"forward"}),
    ):
        for name in wanted or []:
            if name not in known:
                raise BadUsage(f"there is no {what} {name}; there are {', '.join(sorted(known))}")
    chosen = [case for case in cases if not cells or case.cell in cells]
    return [
        case for case in chosen if not estimators or case.estimator in estimators or "forward" in estimators
    ]


def find(name: str) -> Any:
    """The implementation: a module, or an object in it; classes are called without arguments."""
    if name in BUILT_IN:
        module, attribute, package = BUILT_IN[name]
        if importlib.util.find_spec(package) is None:
            raise BadUsage(f"{package} is not installed, which {name} needs")
        return getattr(importlib.import_module(module), attribute)()
    where, _, attribute = name.partition(":")
    found = from_file(where) if where.endswith(".py") else from_module(where)
    if not attribute:
        return found
    if not hasattr(found, attribute):
        raise BadUsage(f"{where} has no {attribute}")
    own = getattr(found, attribute)
    return own() if isinstance(own, type) else own


def from_file(path: str) -> Any:
    if not os.path.isfile(path):
        raise BadUsage(f"there is no file {path}")
    spec = importlib.util.spec_from_file_location(os.path.splitext(os.path.basename(path))[0], path)
    if spec is None or spec.loader is None:
        raise BadUsage(f"{path} cannot be imported")
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise BadUsage(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    return module


def from_module(name: str) -> Any:
    sys.path.insert(0, os.getcwd())
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise BadUsage(f"{name} cannot be imported: {type(error).__name__}: {error}") from error


def show_impostors(cases: List[Case]) -> int:
    """A line for each fault and cell; 1 if one passes."""
    passed = 0
    for fault, cell, sentence in rejected(cases):
        passed += sentence is None
        print(f"{cell}: {fault}: {'PASSES' if sentence is None else f'rejected: {sentence}'}")
    is_right = all(result.verdict == "passes" for result in check(Reference(), cases))
    print(f"the reference {'passes' if is_right else 'FAILS'}; {passed} impostors pass")
    return int(passed > 0)


if __name__ == "__main__":
    sys.exit(main())
