import { dataOf, fromData, leavesOf, rebuild, type Tree, type TypedArray } from '../../../lib/index.ts';
import { named } from '../window/learn.ts';
import { absent, carriedOf, type Memory } from '../window/memory.ts';

/** The part of a memory that stays in a plan's arena from run to run. */
export type Resident = {
  readonly parameters: unknown;
  readonly moments: unknown;
  readonly lanes: readonly { readonly state: unknown; readonly influence: unknown }[];
};

export function residentOf({ parameters, moments, lanes }: Resident): Resident {
  return {
    parameters,
    moments,
    lanes: lanes.map((lane) => ({ state: lane.state, influence: carriedOf(lane) })),
  };
}

/** The numbers of a memory, leaf by leaf. */
export function numbersOf(memory: Memory): readonly TypedArray[] {
  return leavesOf(residentOf(memory) as Tree).map(dataOf);
}

/**
 * A memory between two windows, with trees like those of another and copies of these numbers. `isFresh` if
 * its influence is absent.
 */
export function memoryOf(
  like: Memory,
  numbers: readonly TypedArray[],
  {
    gradient,
    steps,
    updates,
    length,
  }: Pick<Memory, 'steps' | 'updates' | 'gradient'> & { readonly length: number | undefined },
  isFresh: boolean,
): Memory {
  const tree = residentOf(like) as Tree;
  const leaves = leavesOf(tree).map(({ shape }, i) => fromData(numbers[i].slice() as TypedArray, [...shape]));
  const own = rebuild(tree, leaves) as Resident;
  const lanes = own.lanes.map(({ state, influence }) => ({
    state,
    influence: isFresh ? absent : influence,
    window: [],
  }));
  // In the order of checkpoints.
  return {
    parameters: named(own.parameters),
    moments: own.moments,
    gradient,
    lanes,
    steps,
    updates,
    pending: 0,
    ...(length === undefined ? {} : { length }),
  };
}
