"""The reference with one fault each. A conformance kit is worth what it rejects, so each must fail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Iterator, List, Optional, Tuple

import numpy as np

from .case import Case
from .check import check_case, with_forward
from .faults import (
    Applies,
    all_losses,
    backward_signs,
    cut_memory,
    cut_window,
    dense,
    detached_gate,
    first_signs,
    impostor,
    largest_norm,
    late,
    mean_gradient,
    new_pair,
    next_signs,
    no_offset,
    no_root,
    nothing,
    odd_scale,
    on,
    one_pair_of_signs,
    one_sign,
    raw_balance,
    stepwise,
    through_all,
    transposed,
    with_case,
)
from .reference import Reference

#: The fault, the cases that it applies to, and what is wrong. A tanh network has one group, and so one sign.
IMPOSTORS: List[Tuple[str, Applies, Dict[str, Any]]] = [
    (
        "the loss is summed over outputs",
        lambda c: c.loss == "mean_square" and c.sizes["outputs"] > 1 and c.estimator == "rtrl",
        stepwise(
            lambda c, s: replace(s, after=2 * s.after, readout={k: 2 * v for k, v in s.readout.items()})
        ),
    ),
    ("the forget offset is left out", on("rtrl", ("lstm",)), with_case(no_offset)),
    ("the path of the memory through time is cut", on("rtrl", ("lstm",)), stepwise(cut_memory)),
    ("the first gate is detached", on("rtrl", ("gru", "cudnn_gru", "lstm")), stepwise(detached_gate)),
    (
        "the recurrent matrix is turned",
        on("rtrl"),
        with_case(
            lambda c: replace(
                c, parameters={k: v.T if k.endswith("u") else v for k, v in c.parameters.items()}
            )
        ),
    ),
    ("J is turned", on("rtrl"), stepwise(lambda c, s: transposed(s))),
    ("J is dropped", on("rtrl"), {"rtrl": dense(lambda s, G: s.I)}),
    ("J is its diagonal", on("rtrl"), {"rtrl": dense(lambda s, G: np.diag(np.diag(s.J)) @ G + s.I)}),
    (
        "I is dropped after the first step",
        on("rtrl"),
        {"rtrl": dense(lambda s, G: s.J @ G + (0 if np.any(G) else s.I))},
    ),
    (
        "the influence is advanced with the step before",
        on("rtrl"),
        {"rtrl": dense(lambda s, G: s.J @ (G + s.I))},
    ),
    ("the old influence meets the derivative at the new state", on("rtrl"), {"gradient": late}),
    (
        "the past is left out",
        on("rtrl"),
        {"rtrl": lambda self, case: [{**u, "influence": {}} for u in self.frozen(case)]},
    ),
    ("the influence is scaled by 1.001", on("rtrl"), {"rtrl": dense(lambda s, G: 1.001 * (s.J @ G) + s.I)}),
    (
        "the state is the start state in each window",
        on("tbptt", stride=2),
        {
            "tbptt": lambda self, case: [
                u
                for i in (0, 2)
                for u in self.learn(
                    replace(case, inputs=case.inputs[i : i + 2], targets=case.targets[i : i + 2]),
                    window=2,
                    stride=2,
                )
            ]
        },
    ),
    ("the gradient goes through the truncated state", on("tbptt"), {"tbptt": through_all}),
    ("a window that is one short", on("tbptt", stride=1), {"gradient": cut_window}),
    ("losses that have counted count again", on("tbptt", stride=1), {"gradient": all_losses}),
    (
        "losses are averaged in place of summed",
        lambda c: c.estimator in ("bptt", "tbptt") and c.settings.get("stride") != 1 and c.rate == 0,
        {"gradient": mean_gradient},
    ),
    ("SnAp-1 keeps all", on("snap", pairing="exact"), {"snap": Reference.rtrl}),
    (
        "SnAp-1 by the other pairing",
        on("snap"),
        with_case(
            lambda c: replace(
                c,
                settings={
                    **c.settings,
                    "pairing": "exact" if c.settings["pairing"] == "published" else "published",
                },
            )
        ),
    ),
    (
        "own-unit traces without recurrent weights",
        on("own_unit_traces"),
        {"own_unit_traces": lambda self, case: self.e_prop(case)},
    ),
    (
        "e-prop with recurrent weights",
        on("e_prop", pairing="exact"),
        {"e_prop": lambda self, case: self.own_unit_traces(case)},
    ),
    (
        "RFLO carries the leak in place of what is left",
        on("rflo"),
        {"rflo": dense(lambda s, G: 0.4 * G + s.I)},
    ),
    (
        "RFLO by the other pairing",
        on("rflo"),
        with_case(lambda c: replace(c, settings={**c.settings, "pairing": "exact"})),
    ),
    ("the direction does not act on the step", on("dodge"), stepwise(lambda c, s: replace(s, I=0 * s.I))),
    (
        "one sign for all",
        lambda c: len(c.signs) > 1 and c.rate == 0 and (c.cell, c.estimator) != ("rnn", "kf_rtrl"),
        {"signs": one_sign},
    ),
    ("the first signs for ever", lambda c: len(c.signs) > 1 and c.rate == 0, {"signs": first_signs}),
    ("the signs of a step later", lambda c: len(c.signs) > 1 and c.rate == 0, {"signs": next_signs}),
    (
        "the signs backwards",
        lambda c: c.estimator in ("uoro", "no_back_track", "reverse_kf_rtrl") and c.rate == 0,
        {"signs": backward_signs},
    ),
    ("both pairs have the same signs", on("uoro", rank=2), {"signs": one_pair_of_signs}),
    ("the pair of after the step", on("uoro", rank=1), {"gradient": new_pair, "advance": nothing}),
    ("the old pair meets the derivative at the new state", on("uoro", rank=1), {"gradient": late}),
    ("ε elsewhere", lambda c: "epsilon" in c.settings and c.rate == 0, {"balance": raw_balance}),
    ("scales without the root", lambda c: "epsilon" in c.settings and c.rate == 0, {"balance": no_root}),
    ("no scales", lambda c: "epsilon" in c.settings and c.rate == 0, {"balance": lambda self, w, v, e: 1.0}),
    ("the norm of the signs is taken for 1", on("uoro"), {"reduce": largest_norm}),
    ("a scale that is odd in the signs", on("uoro"), {"reduce": odd_scale}),
    ("NoBackTrack with one scale for all", on("no_back_track"), {"reduce_rows": Reference.reduce}),
    ("UORO with a scale for each row", on("uoro"), {"reduce": Reference.reduce_rows}),
    ("the parameters do not move", lambda c: c.rate > 0, with_case(lambda c: replace(c, rate=0.0))),
    (
        "the parameters move the wrong way",
        lambda c: c.rate > 0,
        with_case(lambda c: replace(c, rate=-c.rate)),
    ),
]


def rejected(cases: List[Case]) -> Iterator[Tuple[str, str, Optional[str]]]:
    """Each fault on each case that it applies to: why it is rejected, or None if it passes."""
    for fault, applies, methods in IMPOSTORS:
        for case in with_forward(cases):
            if case.estimator != "forward" and applies(case):
                result = check_case(impostor(**methods), case, diagnose=False)
                yield (
                    fault,
                    f"{case.cell} {case.name}",
                    result.sentence if result.verdict == "fails" else None,
                )
