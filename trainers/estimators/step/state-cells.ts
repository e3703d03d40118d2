import { leavesOf, type Tree } from '../../../lib/index.ts';
import type { Elements } from './sites.ts';
import type { StepStructure } from './step-structure.ts';

/** A leaf of the state: its position among the leaves, its first element and its size. */
export interface StateLeaf {
  readonly at: number;
  readonly begin: number;
  readonly size: number;
}

/** Leaves of the state that depend on each other. */
export interface StateCell {
  readonly leaves: readonly StateLeaf[];
  /** The size of the largest. */
  readonly units: number;
}

export function stateLeaves(state: Tree): StateLeaf[] {
  let end = 0;
  return leavesOf(state).map(({ size }, at) => {
    const begin = end;
    end += size;
    return { at, begin, size };
  });
}

/** The cells, each before those that depend on it. */
export function cellsOf(step: StepStructure): StateCell[] {
  const { state, successors } = step;
  const leaves = stateLeaves(state);
  const follows = leaves.map(() => new Set<number>());
  const seen = new Map<Elements, Set<number>>();
  successors.forEach((own, from) => {
    const to = seen.get(own) ?? new Set(own.map((element) => step.leafOf(element)));
    seen.set(own, to);
    for (const leaf of to) follows[step.leafOf(from)].add(leaf);
  });
  const reached = leaves.map((_, from) => closureOf(from, follows));
  const isTogether = (a: number, b: number) => a === b || (reached[a].has(b) && reached[b].has(a));
  const firsts = [...leaves.keys()].filter(
    (leaf) => ![...leaves.keys()].some((other) => other < leaf && isTogether(other, leaf)),
  );
  return inOrder(firsts, (a, b) => reached[a].has(b)).map((first) => {
    const own = leaves.filter((_, leaf) => isTogether(first, leaf));
    return {
      leaves: own,
      units: own.reduce((most, { size }) => Math.max(most, size), 0),
    };
  });
}

function closureOf(from: number, follows: readonly ReadonlySet<number>[]): Set<number> {
  const reached = new Set<number>();
  const next = [from];
  for (let at = next.pop(); at !== undefined; at = next.pop())
    for (const to of follows[at])
      if (!reached.has(to)) {
        reached.add(to);
        next.push(to);
      }
  return reached;
}

/** Sorted so that each comes before those that it reaches; in their own order otherwise. */
function inOrder(all: readonly number[], reaches: (a: number, b: number) => boolean): number[] {
  const left = [...all];
  const sorted: number[] = [];
  while (left.length > 0) {
    const at = left.findIndex((own) => !left.some((other) => other !== own && reaches(other, own)));
    sorted.push(...left.splice(at, 1));
  }
  return sorted;
}
