"""npm run test:python, or python3 -m unittest discover -s tests. Tests the adapters that are installed."""

import contextlib
import importlib.util
import io
import json
import os
import sys
import tempfile
import unittest
import warnings
from dataclasses import replace

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

try:
    import numpy as np
except ImportError:
    sys.exit("Python here has no NumPy: pip install numpy, or set PYTHON to one that has it")

import recurrent_gradient_conformance as kit  # noqa: E402
from recurrent_gradient_conformance.check import bias, check_case  # noqa: E402
from recurrent_gradient_conformance.cli import find, main  # noqa: E402
from recurrent_gradient_conformance.impostors import IMPOSTORS, rejected  # noqa: E402

CASES = kit.load()


def case_of(cell, name):
    return next(case for case in CASES if (case.cell, case.name) == (cell, name))


def run(*arguments):
    """The exit code, and what the command prints."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(arguments))
    return code, out.getvalue(), err.getvalue()


def installed(package):
    return importlib.util.find_spec(package) is not None


class TheReference(unittest.TestCase):
    def test_passes_every_case_to_a_tenth_of_the_tolerance(self):
        results = kit.check(kit.Reference(), CASES)
        self.assertEqual([r.sentence for r in results if r.verdict != "passes" or r.sentence], [])
        self.assertGreater(len(results), 70)
        self.assertLess(max(r.distance for r in results), 1e-13)

    def test_is_unbiased_over_all_signs_where_it_draws(self):
        checked = 0
        for case in CASES:
            if case.signs and case.rate == 0:
                gap = bias(getattr(kit.Reference(), case.estimator), case)
                checked += gap is not None
                self.assertLess(gap or 0.0, 1e-12, f"{case.cell} {case.name}")
        self.assertGreater(checked, 10)


class Impostors(unittest.TestCase):
    def test_are_all_rejected_by_a_number_that_is_wrong(self):
        seen = set()
        for fault, where, sentence in rejected(CASES):
            seen.add(fault)
            self.assertIsNotNone(sentence, f"{where}: {fault} passes")
            self.assertNotIn("it threw", sentence, f"{where}: {fault}")
        self.assertEqual(seen, {fault for fault, _, _ in IMPOSTORS})

    def test_that_are_unbiased_are_told_from_those_that_are_not(self):
        case = case_of("rnn", "uoro rank 1 window 1")

        class Other(kit.Reference):
            def balance(self, w, v, epsilon):
                return 2.0

        class Old(kit.Reference):
            def signs(self, case, update):
                return case.signs[0]

        self.assertIn("unbiased by other scales", check_case(Other(), case).sentence)
        self.assertIn("biased too", check_case(Old(), case).sentence)


class WhatIsReturned(unittest.TestCase):
    def verdict(self, updates, cell="rnn", name="rtrl"):
        return check_case(
            type("Own", (), {"rtrl": lambda self, case: updates})(), case_of(cell, name)
        ).sentence

    def test_is_described_where_it_is_no_answer(self):
        good = kit.Reference().rtrl(case_of("rnn", "rtrl"))
        nan = {**good[0], "gradient": {**good[0]["gradient"], "b": np.full(3, np.nan)}}
        short = {**good[0], "gradient": {**good[0]["gradient"], "b": np.zeros(2)}}
        less = {**good[0], "gradient": {k: v for k, v in good[0]["gradient"].items() if k != "b"}}
        for updates, sentence in (
            (None, "returned NoneType instead of a list"),
            (good[:2], "2 updates instead of 4"),
            ([1, *good[1:]], "update 1 is int"),
            ([{}, *good[1:]], "update 1 has no gradient"),
            ([nan, *good[1:]], "gradient b[0] is nan"),
            ([short, *good[1:]], "gradient b: shape [2] instead of [3]"),
            ([less, *good[1:]], "gradient: b is missing"),
            ([{**good[0], "gradient": "none"}, *good[1:]], "no array of numbers"),
            ([{**good[0], "influence": 3}, *good[1:]], "influence is int"),
        ):
            self.assertIn(sentence, self.verdict(updates))

    def test_may_be_without_influence_which_is_said(self):
        good = [{"gradient": u["gradient"]} for u in kit.Reference().rtrl(case_of("rnn", "rtrl"))]
        self.assertEqual(self.verdict(good), "influence not compared")

    def test_cannot_be_read_from_the_case_nor_spoil_it(self):
        case = case_of("rnn", "rtrl")

        def rtrl(given):
            self.assertEqual(given.expected, {})
            given.parameters["w"] += 1
            return []

        check_case(type("Own", (), {"rtrl": staticmethod(rtrl)})(), case)
        self.assertEqual(check_case(kit.Reference(), case).verdict, "passes")


class TheCommand(unittest.TestCase):
    def test_prints_a_scoreboard_and_exits_with_0(self):
        code, out, _ = run("numpy", "--cell", "rnn")
        self.assertEqual(code, 0)
        self.assertIn("0 fail, 0 not offered", out)

    def test_runs_a_file_and_exits_with_1_for_a_wrong_number(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "mine.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write(
                    "def frozen(case):\n    return [{'gradient': case.parameters}] * len(case.inputs)\n"
                )
            code, out, _ = run(path, "--estimator", "frozen")
            self.assertEqual(code, 1)
            self.assertIn("rnn: frozen: update 1, gradient", out)
            lines = [
                json.loads(line) for line in run(path, "--estimator", "frozen", "--json")[1].splitlines()
            ]
            self.assertEqual({line["verdict"] for line in lines}, {"fails"})

    def test_answers_wrong_use_by_a_sentence_and_2(self):
        with tempfile.TemporaryDirectory() as folder:
            broken = os.path.join(folder, "broken.py")
            with open(broken, "w", encoding="utf-8") as file:
                file.write("import nowhere_at_all\n")
            with open(os.path.join(folder, "bad.json"), "w", encoding="utf-8") as file:
                file.write("{}")
            for arguments, sentence in (
                ((), "name an implementation"),
                (("gone.py",), "no file gone.py"),
                ((broken,), "cannot be imported: ModuleNotFoundError"),
                (("json:Nothing",), "json has no Nothing"),
                (("json",), "nothing was checked"),
                (("numpy", "--cell", "elman"), "no cell elman; there are cudnn_gru"),
                (("numpy", "--estimator", "adam"), "no estimator adam"),
                (("numpy", "--vectors", "gone"), "gone is not a folder"),
                (("numpy", "--vectors", folder), "not a file of recurrent-gradients, version 1"),
            ):
                code, _, err = run(*arguments)
                self.assertEqual(code, 2, arguments)
                self.assertIn(sentence, err)


class Vectors(unittest.TestCase):
    def test_are_read_whole_and_refused_when_spoilt(self):
        self.assertEqual({case.cell for case in CASES}, {"rnn", "gru", "cudnn_gru", "lstm"})
        with tempfile.TemporaryDirectory() as folder:
            for text in ("{", "[]", '{"format": "recurrent-gradients", "version": 2}'):
                path = os.path.join(folder, "x.json")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                self.assertRaises(kit.BadVectors, kit.read, path)
            self.assertRaises(kit.BadVectors, kit.load, os.path.join(folder, "gone"))

    def test_a_changed_digit_fails(self):
        case = case_of("lstm", "rtrl")
        updates = [
            {**u, "gradient": {k: v * (1 + 1e-11) for k, v in u["gradient"].items()}}
            for u in case.expected["updates"]
        ]
        changed = replace(case, expected={**case.expected, "updates": updates})
        self.assertEqual(check_case(kit.Reference(), changed).verdict, "fails")


class Adapters(unittest.TestCase):
    def passes(self, name, cells):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = kit.check(find(name), [case for case in CASES if case.cell in cells])
        self.assertEqual(
            [(r.case.cell, r.case.name, r.sentence) for r in results if r.verdict == "fails"], []
        )
        return {(r.case.cell, r.case.name) for r in results if r.verdict == "passes"}

    @unittest.skipUnless(installed("torch"), "PyTorch is not installed")
    def test_pytorch_passes_what_it_offers(self):
        self.assertGreater(len(self.passes("torch", ["rnn", "gru", "cudnn_gru", "lstm"])), 50)

    @unittest.skipUnless(installed("jax"), "JAX is not installed")
    def test_jax_passes_what_it_offers(self):
        self.assertGreater(len(self.passes("jax", ["rnn", "gru", "cudnn_gru", "lstm"])), 50)

    @unittest.skipUnless(installed("braintrace"), "BrainTrace is not installed")
    def test_braintrace_passes_where_no_matrix_follows_another_and_there_is_one_state(self):
        passed = self.passes("braintrace", ["rnn", "cudnn_gru"])
        self.assertIn(("rnn", "rtrl"), passed)
        self.assertIn(("cudnn_gru", "snap n 1 pairing published"), passed)


if __name__ == "__main__":
    unittest.main()
