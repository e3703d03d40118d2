"""BrainTrace's online learners, by their gradients; what they carry is not shown.

Each gate is one `braintrace.matmul` of [x, h, 1]. Its UORO draws its own signs: not tested.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List

import brainstate
import braintrace
import jax
import jax.numpy as jnp
import numpy as np

from ..case import Case, NotOffered

jax.config.update("jax_enable_x64", True)

GATES = {
    "rnn": [""],
    "gru": ["reset.", "update.", "candidate."],
    "cudnn_gru": ["reset.", "update.", "candidate."],
    "lstm": ["input.", "forget.", "output.", "candidate."],
}


class Network(brainstate.nn.Module):
    """The cell of a case, with a matrix [inputs + units + 1, units] for each gate."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.case = case
        self.weights = {
            gate: brainstate.ParamState(stacked(case.parameters, gate)) for gate in GATES[case.cell]
        }
        if case.cell == "cudnn_gru":
            u, c = case.parameters["candidate.u"], case.parameters["candidate.c"]
            self.weights["inner"] = brainstate.ParamState(jnp.concatenate([u.T, c[None]]))
            rows = jnp.concatenate([case.parameters["candidate.w"], case.parameters["candidate.b"][None]])
            self.weights["candidate."] = brainstate.ParamState(rows)
        self.h = brainstate.HiddenState(jnp.asarray(case.state["h"]))
        if "c" in case.state:
            self.c = brainstate.HiddenState(jnp.asarray(case.state["c"]))

    def product(self, gate: str, *parts: Any) -> Any:
        return braintrace.matmul(jnp.concatenate([*parts, jnp.ones(1)]), self.weights[gate].value)

    def update(self, x: Any) -> Any:
        h, sigmoid = self.h.value, jax.nn.sigmoid
        if self.case.cell == "rnn":
            self.h.value = jnp.tanh(self.product("", x, h))
        elif self.case.cell == "lstm":
            i, o = sigmoid(self.product("input.", x, h)), sigmoid(self.product("output.", x, h))
            f = sigmoid(self.product("forget.", x, h) + self.case.options["forget_offset"])
            c = f * self.c.value + i * jnp.tanh(self.product("candidate.", x, h))
            self.c.value = c
            self.h.value = o * jnp.tanh(c)
        else:
            r, z = sigmoid(self.product("reset.", x, h)), sigmoid(self.product("update.", x, h))
            if self.case.cell == "gru":
                self.h.value = z * jnp.tanh(self.product("candidate.", x, r * h)) + (1 - z) * h
            else:
                n = jnp.tanh(self.product("candidate.", x) + r * self.product("inner", h))
                self.h.value = (1 - z) * n + z * h
        return self.h.value


def stacked(p: Dict[str, np.ndarray], gate: str) -> Any:
    return jnp.concatenate([p[f"{gate}w"], p[f"{gate}u"].T, p[f"{gate}b"][None]])


class BrainTrace:
    """SnAp-1, e-prop as its D_RTRL, and RTRL as SnAp that reaches everything."""

    def rtrl(self, case: Case) -> List[Dict[str, Any]]:
        return self.run(case, lambda net: braintrace.SnAp(net, n=len(case.state) * case.sizes["units"] + 1))

    def snap(self, case: Case) -> List[Dict[str, Any]]:
        self.require_published(case)
        return self.run(case, lambda net: braintrace.SnAp(net, n=1))

    def e_prop(self, case: Case) -> List[Dict[str, Any]]:
        self.require_published(case)
        return self.run(case, braintrace.D_RTRL)

    def require_published(self, case: Case) -> None:
        """The influence after the step is the only one that it uses."""
        if case.settings["pairing"] != "published":
            raise NotOffered("the exact pairing")

    def run(self, case: Case, learner_of: Callable[[Network], Any]) -> List[Dict[str, Any]]:
        if case.rate > 0:
            raise NotOffered("moving parameters")
        network = Network(case)
        learner = learner_of(network)
        learner.compile_graph(jnp.asarray(case.inputs[0]))
        learner.init_etrace_state()
        readout = brainstate.ParamState({n: jnp.asarray(case.parameters[f"readout.{n}"]) for n in ("w", "b")})
        updates = []
        for x, target in zip(case.inputs, case.targets):

            def loss(x: Any = x, target: Any = target) -> Any:
                y = readout.value["w"] @ learner(jnp.asarray(x)) + readout.value["b"]
                if case.loss == "mean_square":
                    return jnp.mean((y - target) ** 2)
                return -jax.nn.log_softmax(y)[target]

            states = {**network.weights, "readout": readout}
            found = brainstate.transform.grad(loss, states)()
            updates.append({"gradient": self.named(case, found)})
        return updates

    def named(self, case: Case, found: Dict[str, Any]) -> Dict[str, np.ndarray]:
        """The rows of the gates as the parameters of the vectors."""
        inputs, gradient = case.sizes["inputs"], {}
        for gate, value in found.items():
            rows = (
                {name: np.asarray(part) for name, part in value.items()}
                if gate == "readout"
                else np.asarray(value)
            )
            if gate == "readout":
                gradient.update({f"readout.{name}": part for name, part in rows.items()})
            elif gate == "inner":
                gradient.update({"candidate.u": rows[:-1].T, "candidate.c": rows[-1]})
            else:
                gradient.update({f"{gate}w": rows[:inputs], f"{gate}b": rows[-1]})
                if len(rows) > inputs + 1:
                    gradient[f"{gate}u"] = rows[inputs:-1].T
        return gradient
