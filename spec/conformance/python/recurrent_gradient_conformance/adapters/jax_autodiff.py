"""JAX: J by forward mode, ∂s'/∂θ by reverse mode, and BPTT by `jax.grad` of the whole window."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import jax
import jax.numpy as jnp
import numpy as np

from ..case import Case, NotOffered
from ..reference import Step
from ..reference.step import flat
from .framework import Arrays, Framework

jax.config.update("jax_enable_x64", True)


def rnn(p: Any, s: Any, x: Any, options: Any) -> Any:
    return {"h": jnp.tanh(x @ p["w"] + p["u"] @ s["h"] + p["b"])}


def gate(p: Any, name: str, x: Any, h: Any) -> Any:
    return x @ p[f"{name}.w"] + p[f"{name}.u"] @ h + p[f"{name}.b"]


def gru(p: Any, s: Any, x: Any, options: Any) -> Any:
    h = s["h"]
    r, z = jax.nn.sigmoid(gate(p, "reset", x, h)), jax.nn.sigmoid(gate(p, "update", x, h))
    return {"h": z * jnp.tanh(gate(p, "candidate", x, r * h)) + (1 - z) * h}


def cudnn_gru(p: Any, s: Any, x: Any, options: Any) -> Any:
    h = s["h"]
    r, z = jax.nn.sigmoid(gate(p, "reset", x, h)), jax.nn.sigmoid(gate(p, "update", x, h))
    inner = p["candidate.u"] @ h + p["candidate.c"]
    return {"h": (1 - z) * jnp.tanh(x @ p["candidate.w"] + p["candidate.b"] + r * inner) + z * h}


def lstm(p: Any, s: Any, x: Any, options: Any) -> Any:
    i, o = jax.nn.sigmoid(gate(p, "input", x, s["h"])), jax.nn.sigmoid(gate(p, "output", x, s["h"]))
    f = jax.nn.sigmoid(gate(p, "forget", x, s["h"]) + options["forget_offset"])
    c = f * s["c"] + i * jnp.tanh(gate(p, "candidate", x, s["h"]))
    return {"h": o * jnp.tanh(c), "c": c}


CELLS = {"rnn": rnn, "gru": gru, "cudnn_gru": cudnn_gru, "lstm": lstm}


class Jax(Framework):
    """JAX on the cells above. To test cells of your own, give them: Jax({"rnn": my_rnn}), with functions of
    parameters, state, input and options that return the new state, all records as in the vectors."""

    def __init__(self, cells: Any = None) -> None:
        self.cells = CELLS if cells is None else cells
        self.compiled: Dict[Any, Any] = {}

    def jitted(self, case: Case, kind: Any, make: Any) -> Any:
        """A function of this cell and loss, compiled once."""
        key = (case.cell, case.loss, *sorted(case.options.items()), kind)
        if key not in self.compiled:
            self.compiled[key] = jax.jit(make)
        return self.compiled[key]

    def next(self, case: Case, p: Any, s: Any, x: Any) -> Any:
        if case.cell not in self.cells:
            raise NotOffered(case.cell)
        return self.cells[case.cell](p, s, x, case.options)

    def loss(self, case: Case, p: Any, s: Any, target: Any) -> Tuple[Any, Any]:
        y = p["readout.w"] @ s["h"] + p["readout.b"]
        if case.loss == "mean_square":
            return jnp.mean((y - target) ** 2), y
        return -jax.nn.log_softmax(y)[target], y

    def step(self, case: Case, parameters: Any, state: Any, x: Any, target: Any) -> Step:
        own = list(case.cell_parameters)

        def derivatives(p: Any, s: Any, x: Any, target: Any) -> Any:
            rest = {name: value for name, value in p.items() if name not in own}
            new = self.next(case, p, s, x)
            by_state = jax.jacfwd(lambda s: self.next(case, p, s, x))(s)
            mine = {name: p[name] for name in own}
            by_parameters = jax.jacrev(lambda p: self.next(case, {**p, **rest}, s, x))(mine)
            scored = jax.value_and_grad(lambda p, s: self.loss(case, p, s, target), (0, 1), has_aux=True)
            return new, by_state, by_parameters, scored(p, new)

        run = self.jitted(case, "step", derivatives)
        new, by_state, by_parameters, scored = run(parameters, state, x, target)
        (loss, output), (readout, after) = scored
        order = list(state)
        J = np.concatenate([np.concatenate([by_state[a][b] for b in order], axis=1) for a in order])
        I = np.concatenate(
            [
                np.concatenate([np.reshape(by_parameters[a][n], (len(state[a]), -1)) for n in own], axis=1)
                for a in order
            ]
        )
        return Step(
            state={name: np.asarray(new[name]) for name in order},
            loss=float(loss),
            output=np.asarray(output),
            J=J,
            I=I,
            after=flat({name: np.asarray(after[name]) for name in order}),
            readout={n: np.asarray(v) for n, v in readout.items() if n.startswith("readout.")},
        )

    def unrolled(
        self, case: Case, parameters: Arrays, state: Arrays, begin: int, end: int, scored: int
    ) -> Tuple[List[float], Arrays, Arrays]:
        inputs, targets = np.asarray(case.inputs[begin:end]), np.asarray(case.targets[begin:end])

        def total(p: Any, state: Any, inputs: Any, targets: Any) -> Any:
            def one(s: Any, given: Any) -> Any:
                new = self.next(case, p, s, given[0])
                return new, self.loss(case, p, new, given[1])[0]

            last, losses = jax.lax.scan(one, state, (inputs, targets))
            return jnp.sum(losses[-scored:]), (losses, last)

        run = self.jitted(case, scored, jax.grad(total, has_aux=True))
        gradient, (losses, last) = run(parameters, state, inputs, targets)
        named = {name: np.asarray(gradient[name]) for name in parameters}
        return [float(x) for x in losses], named, {name: np.asarray(last[name]) for name in state}
