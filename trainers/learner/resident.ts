import { dataOf, fromData, leavesOf, rebuild, type Tensor, type Tree, type TypedArray } from '../../lib/index.ts';
import type { Memory } from './memory.ts';

/** The part of a memory that stays in a plan's arena from run to run. */
export type Resident = {
  readonly parameters: unknown;
  readonly moments: unknown;
  readonly lanes: readonly { readonly state: unknown; readonly influence: unknown }[];
};

export function residentOf({ parameters, moments, lanes }: Resident): Resident {
  return { parameters, moments, lanes: lanes.map(({ state, influence }) => ({ state, influence })) };
}

/** The numbers of a memory, leaf by leaf. */
export function numbersOf(memory: Memory): readonly TypedArray[] {
  return leavesOf(residentOf(memory) as unknown as Tree).map(dataOf);
}

/** Trees like those of a memory, of copies of these numbers. */
export function treesOf(like: Memory, numbers: readonly TypedArray[]): Resident {
  const tree = residentOf(like) as unknown as Tree;
  const leaves: readonly Tensor[] = leavesOf(tree);
  return rebuild(
    tree,
    leaves.map(({ shape }, i) => fromData(numbers[i].slice() as TypedArray, [...shape])),
  ) as unknown as Resident;
}
