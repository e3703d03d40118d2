import { guard, UsageError } from '../../lib/index.ts';
import { alignment } from './alignment.ts';
import { distantBrackets } from './distantBrackets.ts';
import { addingFamily, copyFamily, mimicFamily } from './family.ts';
import { influenceBalancing } from './influenceBalancing.ts';
import type { Reproduction } from './reproduction.ts';
import { uoroTable1 } from './uoroTable1.ts';
import { varianceVsUnits } from './varianceVsUnits.ts';

export const reproductions: readonly Reproduction[] = [
  influenceBalancing,
  uoroTable1,
  distantBrackets,
  varianceVsUnits,
  alignment,
  copyFamily,
  addingFamily,
  mimicFamily,
];

/** @throws UsageError for an unknown name. */
export function findReproduction(name: string): Reproduction {
  const found = reproductions.find((each) => each.name === name);
  if (found !== undefined) return found;
  const names = reproductions.map((each) => each.name);
  throw new UsageError(
    `there is no reproduction ${JSON.stringify(name)}${guard.didYouMean(name, names) || `; there are ${names.join(', ')}`}`,
  );
}
