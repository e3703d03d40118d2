import { indices, seeded, type Tensor, UsageError, zeros } from '../../lib/index.ts';
import {
  aCell,
  type Cell,
  type CellEntry,
  type CellOptions,
  embedded,
  embedding,
  type Input,
  runStep,
} from '../../nn/index.ts';
import { anEstimator, anOptimizer, constant, type Estimator, type Optimizer } from '../../trainers/index.ts';
import type { EstimatorEntry, OptimizerEntry, Settings } from '../../trainers/registry/index.ts';
import { attempt, made, type OwnFile } from './exported.ts';
import { optionsRead } from './readSettings.ts';

type OwnCell = Cell<unknown, unknown, Input>;

/** @param given the settings besides the size. */
export function cellEntry(own: OwnFile, given: Settings, units: number): CellEntry {
  const make = ({ init: _, ...options }: CellOptions): OwnCell => made(own, options, aCell);
  return {
    options: withoutSizes(optionsRead(own.make, given, { inputs: units, units })),
    isDiagonal: false,
    ofVectors: (options) => tried(own.file, make(options), zeros([options.inputs])),
    ofSymbols(options) {
      const cell = make(options);
      if (takesClasses(cell)) return tried(own.file, cell, indices(0));
      const { inputs: symbols, units } = options;
      const inner = tried(own.file, make({ ...options, inputs: units }), zeros([units]));
      return embedded(embedding({ symbols, size: units }), inner);
    },
  };
}

function withoutSizes({ inputs: _, units: __, ...options }: CellEntry['options']): CellEntry['options'] {
  return options;
}

/** Whether the cell takes the index of a one-hot vector, as `project` does. */
function takesClasses(cell: OwnCell): boolean {
  try {
    runStep(cell, cell.init(seeded(1)), cell.start(), indices(0));
    return true;
  } catch {
    // Whatever else is wrong shows with a vector too.
    return false;
  }
}

/** Runs one step before anything is written. @throws UsageError unless it returns a state and a vector. */
function tried(file: string, cell: OwnCell, input: Tensor): OwnCell {
  const { output } = attempt(file, `a step of the cell ${cell.name} with an input ${shapeOf(input)}`, () =>
    runStep(cell, cell.init(seeded(1)), cell.start(), input),
  );
  if (output.shape.length !== 1 || (cell.outputs !== undefined && output.shape[0] !== cell.outputs))
    throw new UsageError(
      `${file}: the output of the cell ${cell.name} must be a vector [${cell.outputs ?? 'n'}], got one ${shapeOf(output)}`,
    );
  return cell.outputs === undefined ? { ...cell, outputs: output.shape[0] } : cell;
}

function shapeOf({ shape, dtype }: Tensor): string {
  return dtype === 'int32' ? 'that is the index of a symbol' : `of shape [${shape.join(',')}]`;
}

export function estimatorEntry(own: OwnFile, given: Settings): EstimatorEntry {
  return {
    isOwn: true,
    carries: 'factors',
    options: optionsRead(own.make, given, {}),
    make: (settings) => made<Estimator>(own, settings, anEstimator),
  };
}

export function optimizerEntry(own: OwnFile, given: Settings): OptimizerEntry {
  return {
    isOwn: true,
    memory: 2,
    options: optionsRead(own.make, given, { rate: constant(1) }),
    make: (settings) => made<Optimizer>(own, settings, anOptimizer),
  };
}
