import type { Declare } from '../../autodiff/index.ts';
import { type FloatDType, indices, mapTree, tensor, type Tree } from '../../lib/index.ts';
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
  return (targets === undefined ? lifted : { ...lifted, targets: targets.map(numbers === 'classes' ? asClass : asReal) }) as Moment;
}

/** What tells plans apart: the structure, dtypes and shapes of what comes in. */
export function signatureOf(moments: readonly Moment[]): string {
  return JSON.stringify(moments.map(({ inputs, targets }) => [inputs.map(typeOf), targets?.map(typeOf)]));
}

/** The tree with an input of a program for every leaf. */
export function declareTree<T>(tree: T, declare: Declare, root: string): T {
  return mapTree(tree as Tree, (leaf, path) => declare(leaf, leaf.label ?? path), root) as T;
}

function typeOf(value: unknown): unknown {
  if (typeof value === 'number') return 0;
  const leaves: unknown[] = [];
  mapTree(value as Tree, (leaf, path) => {
    leaves.push([path, leaf.dtype, leaf.shape]);
    return leaf;
  });
  return leaves;
}
