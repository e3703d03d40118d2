import type { Declare, Runner } from '../../autodiff/index.ts';
import {
  DTypeError,
  type FloatDType,
  indices,
  leavesOf,
  mapTree,
  sameShape,
  Tensor,
  type Tree,
  tensor,
} from '../../lib/index.ts';
import type { Targets } from './learn.ts';

/** What comes in at one moment of time: an input and a target for every system; no targets when it is only observed. */
export interface Moment {
  readonly inputs: readonly unknown[];
  readonly targets: Targets;
}

/** What a plain number among the targets stands for: a class, or a real number. Among the inputs it is always a class. */
export type Numbers = 'classes' | 'reals';

/** The moment with its plain numbers as scalar tensors. */
export function lift({ inputs, targets }: Moment, dtype: FloatDType, numbers: Numbers): Moment {
  const asClass = (value: unknown) => (typeof value === 'number' ? indices(value) : value);
  const asReal = (value: unknown) => (typeof value === 'number' ? tensor(value, { dtype }) : value);
  const lifted = { inputs: inputs.map(asClass) };
  return (
    targets === undefined ? lifted : { ...lifted, targets: targets.map(numbers === 'classes' ? asClass : asReal) }
  ) as Moment;
}

/** How many of the moments are learnt from. */
export function countScored(moments: readonly Moment[]): number {
  let count = 0;
  for (const { targets } of moments) if (targets !== undefined) count++;
  return count;
}

/** Whether two windows surely have the same signature: plain numbers, or tensors of the same type, in the same places. */
export function alike(a: readonly Moment[], b: readonly Moment[]): boolean {
  if (a.length !== b.length) return false;
  for (let t = 0; t < a.length; t++)
    if (!alikeAll(a[t].inputs, b[t].inputs) || !alikeAll(a[t].targets, b[t].targets)) return false;
  return true;
}

function alikeAll(a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): boolean {
  if (a === undefined || b === undefined || a.length !== b.length) return a === b;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i], b[i]];
    if (typeof x === 'number' && typeof y === 'number') continue;
    if (!(x instanceof Tensor && y instanceof Tensor && x.dtype === y.dtype && sameShape(x.shape, y.shape))) return false;
  }
  return true;
}

/** What tells plans apart: the structure, dtypes and shapes of what comes in. */
export function signatureOf(moments: readonly Moment[]): string {
  let signature = '';
  for (const { inputs, targets } of moments) {
    for (const input of inputs) signature += typeOf(input);
    signature += '>';
    if (targets !== undefined) for (const target of targets) signature += typeOf(target);
    signature += targets === undefined ? 'unscored;' : ';';
  }
  return signature;
}

/** Writes moments into the inputs of a plan, from the one at `begin` on. @throws DTypeError for a class that is not a whole number. */
export function writeMoments(execution: Runner, begin: number, moments: readonly Moment[], numbers: Numbers): void {
  let at = begin;
  const write = (value: unknown, isClass: boolean) => {
    if (typeof value !== 'number') {
      for (const leaf of leavesOf(value as Tree)) execution.write(at++, leaf);
      return;
    }
    if (isClass && !Number.isInteger(value))
      throw new DTypeError(`${value} is not a class index; give a real number as a tensor`);
    execution.input(at++)[0] = value;
  };
  for (const { inputs, targets } of moments) {
    for (const input of inputs) write(input, true);
    if (targets !== undefined) for (const target of targets) write(target, numbers === 'classes');
  }
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
