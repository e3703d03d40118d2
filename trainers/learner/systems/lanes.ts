import { type Declare, mul, type OpenBatch, sum, withBatch } from '../../../autodiff/index.ts';
import {
  fromData,
  leavesOf,
  mapTree,
  rebuild,
  type Tensor,
  type Tree,
  type TypedArray,
} from '../../../lib/index.ts';
import { stackLanes } from './streams.ts';
import type { Systems } from './system.ts';

/**
 * The lanes of a plan. Several are one batch, in arrays [lanes, ...]: a plan is traced for one lane, whose
 * tensors are entries of the batch, and takes as many instructions as one. A single lane has no such axis.
 */
export interface Lanes extends OpenBatch {
  /** Whether there is one lane, without an axis. */
  readonly isAlone: boolean;
  /** The tree of every lane, as inputs of the program. */
  declare<T>(one: T, declare: Declare, root: string): T;
  /** A tree with an axis of lanes as the tree of every lane. */
  enterAll<T>(tree: T): T;
  /** The mean over the lanes. */
  mean(x: Tensor): Tensor;
  /** The systems as one, of which all lanes are entries. */
  systems(systems: Systems): Systems;
}

/** Runs `body` with this number of lanes. */
export function withLanes<R>(count: number, body: (lanes: Lanes) => R): R {
  if (count === 1) return body(lanesOf(1, { enter: (x) => x, leave: (x) => x }));
  return withBatch(count, function lanes(batch) {
    return body(lanesOf(count, batch));
  });
}

function lanesOf(count: number, { enter, leave }: OpenBatch): Lanes {
  const axis = count === 1 ? [] : [count];
  return {
    isAlone: count === 1,
    enter,
    leave,
    declare: <T>(one: T, declare: Declare, root: string) =>
      mapTree(
        one as Tree,
        ({ dtype, shape, label }, path) =>
          enter(declare({ dtype, shape: [...axis, ...shape] }, label ?? path)),
        root,
      ) as T,
    enterAll: <T>(tree: T) => mapTree(tree as Tree, enter) as T,
    mean: (x) => (count === 1 ? x : mul(sum(leave(x), { axes: 0 }), 1 / count)),
    systems: (systems) => ({
      ...systems,
      start: [mapTree(stackLanes(systems.start) as Tree, enter)],
      apart: (values) => values,
    }),
  };
}

/** The numbers of each lane in an array of all lanes. */
export function eachLane(all: TypedArray, count: number): TypedArray[] {
  const size = all.length / count;
  return Array.from({ length: count }, (_, lane) => all.subarray(lane * size, (lane + 1) * size));
}

/** The trees of the lanes, like `one`, from copies of arrays of all lanes, leaf by leaf. */
export function apart<T>(one: T, all: readonly TypedArray[], count: number): T[] {
  const leaves = leavesOf(one as Tree);
  const parts = all.map((own) => eachLane(own, count));
  return Array.from({ length: count }, (_, lane) => {
    const own = leaves.map(({ shape, label }, i) => {
      const copy = fromData(parts[i][lane].slice() as TypedArray, [...shape]);
      copy.label = label;
      return copy;
    });
    return rebuild(one as Tree, own) as T;
  });
}
