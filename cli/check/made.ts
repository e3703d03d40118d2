import { aCell, type Cell } from '../../nn/index.ts';
import { anEstimator, anOptimizer, constant, type Estimator, type Optimizer } from '../../trainers/index.ts';
import type { Subject } from '../../trainers/testing/index.ts';
import { attempt, isFunction, made, type OwnFile } from '../own/exported.ts';
import type { Loaded } from './load.ts';

type AnyCell = Cell<unknown, unknown, unknown>;

/** Small enough for every rule to learn at. */
const rate = constant(0.01);

/** The parts of a run that there are laws for. */
export const lawful = ['cell', 'estimator', 'optimizer'] as const;

/**
 * The subject that a function makes which `run` takes as a part: called as `run` calls it, with small sizes.
 * @param exported `cell`, `estimator`, `optimizer`, or `default`, which may be any of them.
 * @returns undefined for what is no such function.
 * @throws UsageError that names the file, for its errors and for what it should not return.
 */
export function madeSubject(file: string, exported: string, loaded: Loaded): Subject | undefined {
  const make = loaded.exports[exported];
  if (!isFunction(make)) return undefined;
  if (exported === 'cell') return cellSubject({ file, part: 'cell', make }, loaded);
  const estimator = () => made<Estimator>({ file, part: 'estimator', make }, {}, anEstimator);
  const optimizer = () => made<Optimizer>({ file, part: 'optimizer', make }, { rate }, anOptimizer);
  if (exported === 'estimator') return estimator();
  if (exported === 'optimizer') return optimizer();
  const settings = { inputs: 2, units: 3, rate };
  const value = attempt(file, 'default({ inputs: 2, units: 3, rate })', () => make(settings));
  if (anEstimator.holds(value)) return estimator();
  if (anOptimizer.holds(value)) return optimizer();
  return aCell.holds(value) ? cellSubject({ file, part: 'cell', make }, loaded) : undefined;
}

function cellSubject(own: OwnFile, { testing }: Loaded): Subject {
  const cell = smallCell(own);
  const inputs: ((noise: Parameters<Input>[0]) => unknown)[] = [
    (noise) => noise.normal([2]),
    // The index of a symbol.
    (noise) => noise.integer(2),
  ];
  const takes = (input: Input): boolean => {
    try {
      testing.fixtureOf(cell, { input, steps: 1 });
      return true;
    } catch {
      return false;
    }
  };
  // If it takes neither, the laws say why.
  return { cell, input: inputs.find(takes) ?? inputs[0] };
}

type Input = Parameters<Loaded['testing']['fixtureOf']>[1]['input'];

/** The first of a few sizes that can be made, and whose state is small enough for every law. */
function smallCell(own: OwnFile): AnyCell {
  const errors: unknown[] = [];
  const cells: AnyCell[] = [];
  // Some cells need an even number of units.
  for (const units of [3, 4, 2, 1])
    try {
      const cell = made<AnyCell>(own, { inputs: 2, units }, aCell);
      if (isSmall(cell)) return cell;
      cells.push(cell);
    } catch (error) {
      errors.push(error);
    }
  if (cells.length === 0) throw errors[0];
  return cells[0];
}

function isSmall(cell: AnyCell): boolean {
  try {
    return sizeOf(cell.start()) <= 6;
  } catch {
    // The laws report it.
    return true;
  }
}

/** The numbers in a tree, whose tensors may be of another installation of norewind. */
function sizeOf(tree: unknown): number {
  if (typeof tree !== 'object' || tree === null) return 0;
  if ('size' in tree && typeof tree.size === 'number') return tree.size;
  return Object.values(tree).reduce((sum: number, part) => sum + sizeOf(part), 0);
}
