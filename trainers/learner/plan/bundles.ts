import { leavesOf, type Tree, type TypedArray } from '../../../lib/index.ts';
import { apart, eachLane } from '../systems/lanes.ts';
import type { Resident } from './resident.ts';

/**
 * How the lanes of a memory lie in a plan: all together as one bundle, in arrays with an axis of lanes, or each as a
 * bundle of its own.
 */
export class Bundles {
  /** Number of lanes in a bundle. */
  readonly width: number;
  /** The memory with one lane of each bundle, like what the plan carries but for the axis of lanes. */
  readonly like: Resident;
  /** For each leaf that the plan carries, the leaves of the memory that lie in it. */
  readonly #places: readonly (readonly number[])[];

  constructor(resident: Resident, isTogether: boolean) {
    const { lanes, ...shared } = resident;
    this.width = isTogether ? lanes.length : 1;
    this.like = { ...resident, lanes: isTogether ? lanes.slice(0, 1) : lanes };
    const count = (tree: unknown) => leavesOf(tree as Tree).length;
    const [begin, inLane] = [count(shared), count(lanes[0])];
    this.#places = Array.from({ length: count(this.like) }, (_, at) =>
      at < begin || !isTogether ? [at] : lanes.map((__, lane) => at + lane * inLane),
    );
  }

  /** Number of leaves that the plan carries. */
  get size(): number {
    return this.#places.length;
  }

  /** The leaves of the memory that lie in one that the plan carries. */
  in<T>(at: number, leaves: readonly T[]): T[] {
    return this.#places[at].map((place) => leaves[place]);
  }

  /** The numbers of the memory, leaf by leaf, in the arrays of what the plan carries. */
  views(carried: readonly TypedArray[]): readonly TypedArray[] {
    const views: TypedArray[] = [];
    for (const [at, places] of this.#places.entries())
      for (const [i, own] of eachLane(carried[at], places.length).entries()) views[places[i]] = own;
    return views;
  }

  /** The state of each lane, from copies of arrays of all lanes of a bundle, leaf by leaf. */
  statesIn(all: readonly TypedArray[]): unknown[] {
    let at = 0;
    return this.like.lanes.flatMap(({ state }) => {
      const own = all.slice(at, at + leavesOf(state as Tree).length);
      at += own.length;
      return apart(state, own, this.width);
    });
  }
}
