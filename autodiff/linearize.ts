import { alignLeaves, LinearityError, leavesOf, mapTree, type PartialTree, rebuild, type Tree } from '../lib/index.ts';
import { checkTangent, liftTree } from './arguments.ts';
import { DualTensor, primalAt, tangentAt } from './dual.ts';
import { callName, withLevel } from './level.ts';
import { LinearProgram, linearRecorder } from './linear-program.ts';
import { type Tangent, zerosLike } from './push-forward.ts';
import { isSymbolOf, SymbolTensor } from './symbol.ts';

/** A function at one point: its value, and its derivative in both directions. */
export interface Linearization<A extends readonly unknown[], R> {
  readonly value: R;
  /** The tangent of the value, from a tangent of each argument. */
  push(...tangents: { [K in keyof A]?: PartialTree<A[K]> }): R;
  /** A cotangent of each argument, from a cotangent of the value. */
  pull(cotangent: PartialTree<R>): { -readonly [K in keyof A]: A[K] };
}

/**
 * Evaluates f once and keeps its derivative at that point as a linear program: `push` runs it forwards,
 * `pull` walks it backwards, any number of times. Both consist of ordinary operations, so they can be
 * differentiated in turn.
 *
 * Parts of a tangent or cotangent left out (undefined) are zero. int32 tensors have no tangent; their
 * cotangent is float64 zeros.
 * @throws TreeError if f returns anything but a tree of tensors.
 */
export function linearize<A extends readonly unknown[], R>(f: (...args: A) => R, ...primals: A): Linearization<A, R> {
  return linearizeFor(callName('linearize', f), f, primals);
}

/** `linearize` under the name of the public function that the user called. */
export function linearizeFor<A extends readonly unknown[], R>(
  name: string,
  f: (...args: A) => R,
  primals: A,
): Linearization<A, R> {
  const program = withLevel(name, (level) => {
    const recorder = linearRecorder(level);
    const inputs: (SymbolTensor | undefined)[] = [];
    const lifted = primals.map(liftTree);
    const args = lifted.map((primal) =>
      mapTree(primal, (leaf) => {
        const symbol = leaf.dtype === 'int32' ? undefined : new SymbolTensor(leaf, recorder);
        inputs.push(symbol);
        return symbol === undefined ? leaf : new DualTensor(leaf, symbol, level);
      }),
    );
    const result = liftTree(f(...(args as unknown as A)));
    const outputs = leavesOf(result).map((leaf) => tangentAt(leaf, level));
    for (const tangent of outputs)
      if (tangent !== undefined && !isSymbolOf(tangent, recorder))
        throw new LinearityError(
          `${name}: a derivative rule returned a tangent that does not depend on its tangents; rules must be linear in them`,
        );
    return {
      arguments: lifted,
      value: mapTree(result, (leaf) => primalAt(leaf, level)),
      linear: new LinearProgram(recorder, inputs, outputs),
    };
  });

  return {
    value: program.value,
    push(...tangents) {
      const given = program.arguments.flatMap((primal, i) => aligned(primal, tangents[i], `${name}: tangent ${i}`));
      const pushed = program.linear.push(given);
      return filled(program.value, pushed);
    },
    pull(cotangent) {
      const pulled = program.linear.pull(aligned(program.value, cotangent, `${name}: cotangent`));
      let at = 0;
      return program.arguments.map((primal) => mapTree(primal, (leaf) => pulled[at++] ?? zerosFor(leaf))) as {
        [K in keyof A]: A[K];
      };
    },
  };
}

function aligned(like: Tree, given: unknown, who: string): Tangent[] {
  const leaves = alignLeaves(like, given === undefined ? undefined : liftTree(given), who);
  leavesOf(like).forEach((leaf, i) => {
    const tangent = leaves[i];
    if (tangent !== undefined) checkTangent(leaf, tangent, who);
  });
  return leaves;
}

function filled<T extends Tree>(like: T, tangents: readonly Tangent[]): T {
  return rebuild(
    like,
    leavesOf(like).map((leaf, i) => tangents[i] ?? zerosFor(leaf)),
  );
}

function zerosFor(leaf: { readonly shape: readonly number[]; readonly dtype: string }) {
  return zerosLike({ shape: leaf.shape, dtype: leaf.dtype === 'float32' ? 'float32' : 'float64' });
}
