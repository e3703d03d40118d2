import type { Declare } from '../../../autodiff/index.ts';
import { mapTree, sameShape, Tensor, type Tree } from '../../../lib/index.ts';
import { stackLanes } from '../systems/streams.ts';
import type { Lane } from './memory.ts';

/** The targets of one time step, one for each system; undefined if it is only observed. */
export type Targets = readonly unknown[] | undefined;

/**
 * The input and target of one time step for every system, or of all lanes together for a plan; no targets if it is
 * only observed.
 */
export interface TimeStep {
  readonly inputs: readonly unknown[];
  readonly targets: Targets;
}

/** A time step in which the lanes are together, with an axis of lanes. */
export function together({ inputs, targets }: TimeStep): TimeStep {
  const stacked = (values: readonly unknown[]) => (values.length === 1 ? values : [stackLanes(values)]);
  return { inputs: stacked(inputs), targets: targets && stacked(targets) };
}

/**
 * Completes a window from its first time steps. Each missing step repeats that of `like`, if more than one is
 * known, and the first step otherwise.
 */
export function completed(
  timeSteps: readonly TimeStep[],
  length: number,
  like: readonly TimeStep[] = [],
): TimeStep[] {
  const rest = timeSteps.length > 1 ? like : [];
  return Array.from({ length }, (_, t) => timeSteps[t] ?? rest[t] ?? timeSteps[0]);
}

/** The time steps in the windows of lanes. */
export function timeStepsOf(lanes: readonly Lane[]): TimeStep[] {
  return lanes[0].window.map(({ target }, t) => ({
    inputs: lanes.map((lane) => lane.window[t].input),
    targets: target && lanes.map((lane) => lane.window[t].target?.value),
  }));
}

/**
 * Whether two lists have the same types: plain numbers, or tensors of the same dtype and shape, in the same
 * places.
 */
export function sameType(a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): boolean {
  if (a === undefined || b === undefined || a.length !== b.length) return a === b;
  for (let i = 0; i < a.length; i++) if (!alike(a[i], b[i])) return false;
  return true;
}

function alike(x: unknown, y: unknown): boolean {
  if (typeof x === 'number' || typeof y === 'number') return typeof x === typeof y;
  if (x instanceof Tensor && y instanceof Tensor) return x.dtype === y.dtype && sameShape(x.shape, y.shape);
  // Comparing trees is slow, so it comes last.
  return typeOf(x) === typeOf(y);
}

/**
 * A key for plans: the structure, dtypes and shapes of inputs and targets, and whether the influence is
 * absent at first.
 */
export function signatureOf(timeSteps: readonly TimeStep[], isFirst = false): string {
  let signature = isFirst ? 'first;' : '';
  for (const { inputs, targets } of timeSteps) {
    for (const input of inputs) signature += typeOf(input);
    signature += '>';
    if (targets !== undefined) for (const target of targets) signature += typeOf(target);
    signature += targets === undefined ? 'unscored;' : ';';
  }
  return signature;
}

/** The tree with an input of a program for every leaf. */
export function declareTree<T>(tree: T, declare: Declare, root: string): T {
  return mapTree(tree as Tree, (leaf, path) => declare(leaf, leaf.label ?? path), root) as T;
}

function typeOf(value: unknown): string {
  if (typeof value === 'number') return '#';
  if (value instanceof Tensor) return `${value.dtype}[${value.shape.join()}]`;
  if (Array.isArray(value)) return `[${value.map(typeOf).join()}]`;
  return `{${Object.entries(value as object)
    .map(([key, part]) => `${JSON.stringify(key)}:${typeOf(part)}`)
    .join()}}`;
}
