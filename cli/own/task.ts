import { type FloatDType, guard, Tensor, UsageError } from '../../lib/index.ts';
import { type Cell, crossEntropy, type Loss, linear, meanSquare, model } from '../../nn/index.ts';
import type { Example, SymbolTask, Task } from '../../trainers/index.ts';
import { estimatorTable, makeCell, type Settings, usualOf } from '../../trainers/registry/index.ts';
import { type Experiment, type Level, open } from '../experiments/experiment.ts';
import { symbolDefaults, symbolTask } from '../experiments/symbols.ts';
import { attempt, made, type OwnFile } from './exported.ts';
import { optionsRead } from './readSettings.ts';

type AnyTask = Task<unknown, unknown>;

/** Optional members of a user's task, besides its stream. */
interface More {
  /** Class indices as inputs and targets: their number. */
  readonly symbols?: number;
  /** Class indices as targets of vectors: their number. */
  readonly classes?: number;
  /** Of the output of the network and a target. */
  readonly loss?: Loss<unknown>;
  /** A system of its own, in place of a network. */
  readonly model?: Cell<unknown, unknown, unknown>;
  /** Known losses for comparison. */
  readonly levels?: readonly Level[];
}

type OwnTask = AnyTask & More;

const aTask: guard.Check = {
  what: 'a task, with a name and a generator of { input, target } under Symbol.iterator',
  holds: (value) => isObject(value) && typeof value.name === 'string' && guard.iterable.holds(value),
  remedy: (value) =>
    isObject(value) && typeof value.name !== 'string' ? 'it has no name' : 'it cannot be iterated over',
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The experiment on a task of a file. @param given its settings. @throws UsageError. */
export function taskExperiment(path: string, own: OwnFile, given: Settings, sha256: string): Experiment {
  const make = (seed: number, settings: Settings, dtype?: FloatDType) =>
    made<OwnTask>(own, { seed, ...settings, ...(dtype && reads.dtype && { dtype }) }, aTask);
  const { seed: _, ...reads } = optionsRead(own.make, given, { seed: 1, dtype: 'float32' });
  const { model: system } = make(1, given);
  const { dtype: __, ...options } = reads;
  return {
    name: path,
    summary: '',
    origin: '',
    options,
    usual: {},
    defaults: (estimator) => ({
      ...(system === undefined
        ? symbolDefaults(estimator, { alpha: 0.03, window: 16, steps: 100_000 })
        : {
            estimator: usualOf(estimatorTable, estimator),
            optimizer: { name: 'adam', rate: 1e-3, alpha: 0.03 },
            dtype: 'float64',
            steps: 100_000,
          }),
    }),
    prepare(request) {
      const { task: settings, seed, dtype } = request;
      const task = make(seed, settings, dtype);
      const kept = { ...settings, sha256, seed };
      const first = attempt(own.file, 'the first example', () => firstOf(own.file, task));
      if (isSymbols(task)) {
        requireCount(own.file, 'symbols', task.symbols);
        return symbolTask(task, request, { task: kept, levels: levelsOf(task) });
      }
      const { outputs, loss, isBits } = targetsOf(own.file, task, first);
      const network = modelFor(own.file, task, first, outputs, request);
      return {
        task: kept,
        unit: isBits ? 'bits' : 'loss',
        levels: levelsOf(task),
        yardsticks: () => [],
        open: (common, saved) => open(network, loss, task, dtype, common, saved),
      };
    },
  };
}

function isSymbols(task: OwnTask): task is OwnTask & SymbolTask {
  return task.symbols !== undefined;
}

function levelsOf({ entropyRate, levels = [] }: OwnTask): Level[] {
  return [...(entropyRate === undefined ? [] : [{ label: 'entropy rate', value: entropyRate }]), ...levels];
}

function firstOf(file: string, task: AnyTask): Example<unknown, unknown> {
  for (const example of task) {
    if (isObject(example) && 'input' in example && 'target' in example) return example;
    throw new UsageError(
      `${file}: the task ${task.name} must yield { input, target }, and yields ${guard.describe(example)}`,
    );
  }
  throw new UsageError(`${file}: the task ${task.name} ends before its first example`);
}

/** The length of the network's output, and the loss, by the kind of the targets. */
function targetsOf(
  file: string,
  { name, classes, loss, model }: OwnTask,
  { target }: Example<unknown, unknown>,
): { outputs: number; loss: Loss<unknown>; isBits: boolean } {
  if (classes !== undefined) {
    requireCount(file, 'classes', classes);
    return { outputs: classes, loss: loss ?? (crossEntropy as Loss<unknown>), isBits: loss === undefined };
  }
  const isVector = target instanceof Tensor && target.shape.length === 1 && target.dtype !== 'int32';
  if (model === undefined && !isVector)
    throw new UsageError(
      `${file}: the targets of the task ${name} must be vectors; for class indices, give the task symbols if its inputs are class indices too, and else classes, their number`,
    );
  return {
    outputs: isVector ? target.shape[0] : 0,
    loss: loss ?? (meanSquare as Loss<unknown>),
    isBits: false,
  };
}

/** The task's own system, or a network. */
function modelFor(
  file: string,
  { name, model: system }: OwnTask,
  { input }: Example<unknown, unknown>,
  outputs: number,
  { cell, cells }: Parameters<Experiment['prepare']>[0],
): Cell<unknown, unknown, unknown> {
  if (system !== undefined && cell === undefined) return system;
  if (system !== undefined)
    throw new UsageError(`${file}: the task ${name} has a model of its own: it takes no cell`);
  if (cell === undefined) throw new UsageError(`${file}: the task ${name} needs a cell`);
  if (!(input instanceof Tensor) || input.shape.length !== 1 || input.dtype === 'int32')
    throw new UsageError(
      `${file}: the inputs of the task ${name} must be vectors, or class indices with symbols, their number; got ${guard.describe(input)}`,
    );
  return model({
    cell: makeCell(cell, input.shape[0], 'vectors', cells),
    readout: linear({ outputs }),
  }) as Cell<unknown, unknown, unknown>;
}

function requireCount(file: string, what: string, value: number): void {
  if (!guard.count.holds(value))
    throw new UsageError(`${file}: ${what} must be a whole number of at least 1, got ${String(value)}`);
}
