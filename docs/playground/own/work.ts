// The worker's part beneath a written cell: checks its laws, then trains it with every estimator.

import { seeded } from '../../../lib/index.ts';
import { runStep } from '../../../nn/index.ts';
import { anbn, type Cell, type Input, type Noise, type Tensor } from '../../../trainers/norewind.ts';
import { cellLaws, judge } from '../../../trainers/testing/index.ts';
import { lineOf } from '../worker/lines.ts';
import { tell } from '../worker/messages.ts';
import { inSlices } from '../worker/slices.ts';
import type { FromOwn } from './messages.ts';
import { createTrainings } from './trainings.ts';

type Own = Cell<unknown, unknown, Input>;
type Maker = (inputs: number, units: number) => Own;

const task = anbn({ max: 2 });

/** Takes what the written module exports. */
export function serve(exports: Readonly<Record<string, unknown>>): void {
  try {
    const make = makerAmong(exports);
    const cell = make(2, 3);
    tryStep(cell);
    const laws = Object.entries(cellLaws({ cell, input: (noise: Noise): Tensor => noise.normal([2]) }));
    tell<FromOwn>({ kind: 'found', name: String(cell.name), laws: laws.map(([law]) => law) });
    for (const [law, check] of laws) tell<FromOwn>({ kind: 'law', ...judge(law, check) });
    train(make);
  } catch (error) {
    refuse(error);
  }
}

/** Takes one step before the laws: a fault that every law would repeat is one sentence, with its line. */
function tryStep(cell: Own): void {
  const noise = seeded(1);
  runStep(cell, cell.init(noise), cell.start(), noise.normal([2]));
}

function refuse(error: unknown): void {
  const line = lineOf(error);
  const what = error instanceof Error ? error.message : String(error);
  tell<FromOwn>({ kind: 'refused', sentence: line === undefined ? what : `line ${line}: ${what}`, line });
}

/** The first function among the exports that makes a cell. */
function makerAmong(exports: Readonly<Record<string, unknown>>): Maker {
  const names = Object.keys(exports);
  for (const own of Object.values(exports))
    if (typeof own === 'function') {
      const made: unknown = own(2, 3);
      if (isCell(made)) return (inputs, units) => own(inputs, units);
    }
  throw new Error(
    `none of what is exported (${names.join(', ')}) is a function (inputs, units) that returns a cell: an object with name, init, start and step`,
  );
}

function isCell(value: unknown): value is Own {
  return (
    typeof value === 'object' && value !== null && ['init', 'start', 'step'].every((part) => part in value)
  );
}

function train(make: Maker): void {
  const all = createTrainings(() => make(task.symbols, 8), task);
  let taken = 0;
  const slices = inSlices(
    () => {
      taken += all.advance();
      return all.isLeft;
    },
    (milliseconds) => {
      tell<FromOwn>({ kind: 'training', rows: all.rows, rate: (1000 * taken) / milliseconds });
      taken = 0;
    },
    refuse,
    120,
  );
  slices.run(true);
}
