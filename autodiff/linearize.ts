import {
  alignLeaves,
  LinearityError,
  leavesOf,
  mapTree,
  type PartialTree,
  rebuild,
  type Tree,
} from '../lib/index.ts';
import { checkTangent, liftTree, requireOneEach } from './arguments.ts';
import { DualTensor, primalAt, tangentAt } from './dual.ts';
import { callName, withLevel } from './level.ts';
import { LinearProgram, linearRecorder } from './linear-program.ts';
import { type Tangent, zeroTangent } from './push-forward.ts';
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
export function linearize<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  ...primals: A
): Linearization<A, R> {
  return linearizeFor(callName('linearize', f), f, primals);
}

/** `linearize` under the name of the public function that the user called. */
export function linearizeFor<A extends readonly unknown[], R>(
  name: string,
  f: (...args: A) => R,
  primals: A,
): Linearization<A, R> {
  const derivative = derivativeOf(name, f, primals);
  return {
    value: derivative.value,
    push: (...tangents) => derivative.push(tangents),
    pull: (cotangent) => derivative.pullTo(cotangent).arguments,
  };
}

/** A value with its derivative as a linear program. */
export interface Derivative<A extends readonly unknown[], R> {
  readonly value: R & Tree;
  readonly program: LinearProgram;
  push(tangents: readonly unknown[]): R;
  /** The pull, with cotangents of symbols on the way, as `LinearProgram.pullTo` has them. */
  pullTo(
    cotangent: unknown,
    symbols?: readonly Tangent[],
    held?: ReadonlySet<Tangent>,
  ): { readonly arguments: { -readonly [K in keyof A]: A[K] }; readonly symbols: readonly Tangent[] };
}

export function derivativeOf<A extends readonly unknown[], R>(
  name: string,
  f: (...args: A) => R,
  primals: A,
): Derivative<A, R> {
  const lifted = primals.map(liftTree);
  const { value, program } = withLevel(name, (level) => {
    const recorder = linearRecorder(level);
    const inputs: (SymbolTensor | undefined)[] = [];
    const args: readonly Tree[] = lifted.map((primal) =>
      mapTree(primal, (leaf) => {
        const symbol = leaf.dtype === 'int32' ? undefined : new SymbolTensor(leaf, recorder);
        inputs.push(symbol);
        return symbol === undefined ? leaf : new DualTensor(leaf, symbol, level);
      }),
    );
    const result = liftTree(f(...(args as A)));
    const outputs = leavesOf(result).map((leaf) => tangentAt(leaf, level));
    for (const tangent of outputs)
      if (tangent !== undefined && !isSymbolOf(tangent, recorder))
        throw new LinearityError(
          `${name}: a derivative rule returned a tangent that does not depend on its tangents; rules must be linear in them`,
        );
    return {
      value: mapTree(result, (leaf) => primalAt(leaf, level)),
      program: new LinearProgram(recorder, inputs, outputs),
    };
  });

  return {
    value,
    program,
    push(tangents) {
      requireOneEach(tangents, lifted, name);
      const given = lifted.flatMap((primal, i) => aligned(primal, tangents[i], `${name}: tangent ${i}`));
      return filled(value, program.push(given));
    },
    pullTo(cotangent, symbols = [], held) {
      const pulled = program.pullTo(aligned(value, cotangent, `${name}: cotangent`), symbols, held);
      let at = 0;
      const all: readonly Tree[] = lifted.map((primal) =>
        mapTree(primal, (leaf) => pulled.inputs[at++] ?? zeroTangent(leaf)),
      );
      return { arguments: all as A, symbols: pulled.symbols };
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
    leavesOf(like).map((leaf, i) => tangents[i] ?? zeroTangent(leaf)),
  );
}
