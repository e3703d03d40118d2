import {
  dataOf,
  kernels,
  leavesOf,
  NonFiniteError,
  pathsOf,
  type Tensor,
  type Tree,
} from '../../../lib/index.ts';
import { carriedOf, type Memory } from './memory.ts';
import type { TimeStep } from './timeStep.ts';

/** The part that is or would be non-finite, and advice. */
export interface Cause {
  readonly what: string;
  readonly advice: string;
}

/** The error for a learner that was left as it was after `steps` steps, before this time step. */
export function nonFinite(
  steps: number,
  timeStep: TimeStep | undefined,
  { what, advice }: Cause,
): NonFiniteError {
  const when =
    timeStep !== undefined && timeStep.targets === undefined
      ? `observing after step ${steps}`
      : `step ${steps + 1}`;
  return new NonFiniteError(`${when}: ${what}; the learner is left as it was after step ${steps}: ${advice}`);
}

/** Whether all numbers of a memory are finite. */
export function allFinite({ parameters, moments, lanes }: Memory): boolean {
  const carried = lanes.map((lane) => [lane.state, carriedOf(lane)]);
  return leavesOf([parameters, moments, carried] as Tree).every(kernels.allFinite);
}

/** A number that is not finite, with its position. */
export interface Broken {
  /** The path of the leaf. */
  readonly path: string;
  /** Its index in the leaf, such as `[1,0]`; empty for a scalar. */
  readonly at: string;
  readonly value: number;
}

/** The first number of a tree that is not finite. */
export function brokenIn(tree: unknown, root = ''): Broken | undefined {
  if (typeof tree === 'number')
    return Number.isFinite(tree) ? undefined : { path: root, at: '', value: tree };
  for (const { path, tensor } of pathsOf(tree as Tree, root)) {
    if (kernels.allFinite(tensor)) continue;
    const data = dataOf(tensor);
    const place = data.findIndex((value: number) => !Number.isFinite(value));
    return { path, at: placeIn(tensor, place), value: data[place] };
  }
  return undefined;
}

function placeIn({ shape }: Tensor, place: number): string {
  if (shape.length === 0) return '';
  let rest = place;
  const index = shape.toReversed().map((length) => {
    const own = rest % length;
    rest = (rest - own) / length;
    return own;
  });
  return `[${index.reverse().join()}]`;
}
