"""The vectors: a case is everything that determines a run, and what it must return."""

from __future__ import annotations

import copy
import json
import os
from dataclasses import dataclass, replace
from typing import Any, Dict, List, Optional

import numpy as np

FORMAT = "recurrent-gradients"
VERSION = 1
HERE = os.path.dirname(os.path.abspath(__file__))


class BadVectors(Exception):
    """A file that is no file of vectors of this version."""


class NotOffered(Exception):
    """Raise it for a case that an implementation does not claim to handle: it then counts as not offered."""


@dataclass(frozen=True)
class Case:
    """One estimator on one cell under one setting. Arrays are float64; CONVENTIONS.md explains each name."""

    name: str
    cell: str
    options: Dict[str, float]
    loss: str
    sizes: Dict[str, int]
    parameters: Dict[str, np.ndarray]
    state: Dict[str, np.ndarray]
    inputs: List[np.ndarray]
    targets: List[Any]
    estimator: str
    settings: Dict[str, Any]
    rate: float
    signs: List[List[Dict[str, np.ndarray]]]
    tolerance: float
    expected: Dict[str, Any]

    @property
    def cell_parameters(self) -> Dict[str, np.ndarray]:
        """The parameters without the readout's."""
        return {name: value for name, value in self.parameters.items() if not name.startswith("readout.")}

    def given(self) -> "Case":
        """A copy without the expected numbers, which an implementation may write to."""
        own = {
            name: copy.deepcopy(getattr(self, name))
            for name in ("options", "sizes", "parameters", "state", "inputs", "targets", "settings", "signs")
        }
        return replace(self, **own, expected={})

    def shortened(self, steps: int) -> "Case":
        """The same with its first steps alone."""
        return replace(self, inputs=self.inputs[:steps], targets=self.targets[:steps])


def folder() -> str:
    """Where the vectors are: inside the installed package, or beside this folder in a checkout."""
    for path in (os.path.join(HERE, f"v{VERSION}"), os.path.join(HERE, "..", "..", f"v{VERSION}")):
        if os.path.isdir(path):
            return os.path.abspath(path)
    raise BadVectors(f"no vectors of version {VERSION} beside {HERE}; install the package again")


def load(path: Optional[str] = None) -> List[Case]:
    """All cases below a folder of JSON files, cell after cell."""
    where = folder() if path is None else path
    if not os.path.isdir(where):
        raise BadVectors(f"{where} is not a folder of vectors")
    files = sorted(name for name in os.listdir(where) if name.endswith(".json"))
    if not files:
        raise BadVectors(f"{where} has no .json files of vectors")
    return [case for name in files for case in read(os.path.join(where, name))]


def read(path: str) -> List[Case]:
    """The cases of one file."""
    try:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
    except (OSError, ValueError) as error:
        raise BadVectors(f"{path} cannot be read: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT or data.get("version") != VERSION:
        raise BadVectors(f"{path} is not a file of {FORMAT}, version {VERSION}")
    try:
        return [_case(data, own) for own in data["cases"]]
    except (KeyError, TypeError, ValueError) as error:
        raise BadVectors(f"{path} lacks or spoils a part: {error!r}") from error


def _case(data: Dict[str, Any], own: Dict[str, Any]) -> Case:
    expected = {"forward": arrays(data["forward"]), "updates": arrays(own["updates"])}
    if "parameters" in own:
        expected["parameters"] = arrays(own["parameters"])
    return Case(
        name=own["name"],
        cell=data["cell"],
        options=data["options"],
        loss=data["loss"],
        sizes=data["sizes"],
        parameters=arrays(data["parameters"]),
        state=arrays(data["state"]),
        inputs=[np.asarray(x, float) for x in data["inputs"]],
        targets=[y if isinstance(y, int) else np.asarray(y, float) for y in data["targets"]],
        estimator=own["estimator"],
        settings=own["settings"],
        rate=own["rate"],
        signs=arrays(own.get("signs", [])),
        tolerance=data["tolerance"],
        expected=expected,
    )


def arrays(tree: Any) -> Any:
    """Nested lists of numbers as arrays; lists of records stay lists."""
    if isinstance(tree, dict):
        return {name: arrays(value) for name, value in tree.items()}
    if isinstance(tree, list):
        flat = tree
        while isinstance(flat, list) and flat:
            flat = flat[0]
        return (
            [arrays(value) for value in tree]
            if isinstance(flat, dict) or tree == []
            else np.asarray(tree, float)
        )
    return float(tree)
