import { aCell, type Cell } from '../../nn/index.ts';
import { anEstimator, type Estimator } from '../../trainers/index.ts';
import type { Subject } from '../../trainers/testing/index.ts';
import { attempt, isFunction, made, type OwnFile } from '../own/exported.ts';
import type { Loaded } from './load.ts';

type AnyCell = Cell<unknown, unknown, unknown>;

/** The parts of a run that there are laws for. */
export const lawful = ['cell', 'estimator'] as const;

/**
 * The subject that a function makes which `run` takes as a part: called as `run` calls it, with small sizes.
 * @param exported `cell`, `estimator`, or `default`, which may be either.
 * @returns undefined for what is no such function.
 * @throws UsageError that names the file, for its errors and for what it should not return.
 */
export function madeSubject(file: string, exported: string, loaded: Loaded): Subject | undefined {
  const make = loaded.exports[exported];
  if (!isFunction(make)) return undefined;
  if (exported === 'cell') return cellSubject({ file, part: 'cell', make }, loaded);
  if (exported === 'estimator') return made<Estimator>({ file, part: 'estimator', make }, {}, anEstimator);
  const value = attempt(file, 'default({ inputs: 2, units: 3 })', () => make({ inputs: 2, units: 3 }));
  if (anEstimator.holds(value)) return made<Estimator>({ file, part: 'estimator', make }, {}, anEstimator);
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
