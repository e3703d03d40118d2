"""Shared by the Python benchmarks: the problem that bench/groups/libraries.ts writes, the check, and the clock."""

import json
import sys
import time


def missing(library):
    """Ends the script with the one sentence that the benchmark prints."""
    sys.exit(f"Python here has no {library}, so it is skipped.")


def load():
    with open(sys.argv[1]) as file:
        return json.load(file)


def check(problem, how, losses, parameters):
    """Compares the losses of one period, and the learnt changes, with the float64 reference's."""
    for t, (loss, expected) in enumerate(zip(losses, problem["losses"], strict=True)):
        if not abs(loss - expected) <= 2e-4 * abs(expected):
            sys.exit(f"{sys.argv[0]} ({how}) has the loss {loss} in step {t}, the float64 reference has {expected}; they do not compute the same, so they are not timed.")
    for at, (own, after, before) in enumerate(zip(parameters, problem["after"], problem["leaves"], strict=True)):
        difference = sum((a - b) ** 2 for a, b in zip(own, after, strict=True)) ** 0.5
        learnt = sum((a - b) ** 2 for a, b in zip(after, before)) ** 0.5
        size = sum(a * a for a in after) ** 0.5
        if not difference <= 1e-2 * learnt + 3e-7 * size:
            sys.exit(f"{sys.argv[0]} ({how}) learns another parameter {at} than the float64 reference, so it is not timed.")


def serve(runners):
    """Prints the runners' names. Then, for each line "name, tab, steps", the µs of CPU per step."""
    print(json.dumps(list(runners)), flush=True)
    for line in sys.stdin:
        name, count = line.rstrip("\n").split("\t")
        begin = time.process_time()
        steps = runners[name](int(count))
        print(1e6 * (time.process_time() - begin) / steps, flush=True)
