"""Shared by the Python benchmarks: the problem that bench/groups/python.ts writes, the check, and the clock."""

import json
import sys
import time


def missing(library):
    """Ends the script with the one sentence that the benchmark prints."""
    sys.exit(f"Python here has no {library}, so it is skipped.")


def load():
    with open(sys.argv[1]) as file:
        return json.load(file)


def check(problem, step, parameters):
    """Compares 48 fresh steps with norewind's losses, and the learnt changes with norewind's."""
    for t, expected in enumerate(problem["losses"]):
        loss = step(t)
        if not abs(loss - expected) <= 2e-4 * abs(expected):
            sys.exit(f"{sys.argv[0]} has the loss {loss} in step {t}, norewind has {expected}; they do not compute the same, so they are not timed.")
    for at, (own, after, before) in enumerate(zip(parameters(), problem["after"], problem["leaves"])):
        difference = sum((a - b) ** 2 for a, b in zip(own, after)) ** 0.5
        learnt = sum((a - b) ** 2 for a, b in zip(after, before)) ** 0.5
        size = sum(a * a for a in after) ** 0.5
        if not difference <= 1e-2 * learnt + 3e-7 * size:
            sys.exit(f"{sys.argv[0]} learns another parameter {at} than norewind, so it is not timed.")


def measure(step):
    """Prints microseconds per step, one number per round."""
    rounds, turn = int(sys.argv[2]), int(sys.argv[3]) / 1000
    at, count, best = 48, 1, float("inf")

    def run(count):
        nonlocal at
        begin = time.perf_counter()
        for t in range(at, at + count):
            step(t)
        at += count
        return (time.perf_counter() - begin) / count

    end = time.perf_counter() + 3 * turn
    while time.perf_counter() < end:
        best = min(best, run(count))
        count = max(1, min(2 * count, int(turn / best)))
    count = max(1, int(turn / best))
    print(json.dumps([1e6 * run(count) for _ in range(rounds)]))
