import { checkProgram, Execution, type Program, trace } from '../../../autodiff/index.ts';
import {
  cast,
  dataOf,
  formatShape,
  fromData,
  leavesOf,
  mapTree,
  sameShape,
  type Tensor,
  type Tree,
} from '../../../lib/index.ts';

/** A traced function with its plan. */
export interface Planned {
  readonly program: Program;
  readonly execution: Execution;
  run(...args: Tensor[]): Tensor[];
}

/** f as a plan for arguments like these, without the way back to the reference kernels that `compile` has. */
export function planned(f: (...args: Tensor[]) => unknown, ...args: Tensor[]): Planned {
  const { program } = trace(f.name || 'f', (declare) => f(...args.map((arg) => declare(arg, arg.label))));
  checkProgram(program);
  const execution = new Execution(program);
  return {
    program,
    execution,
    run(...given) {
      given.forEach((x, i) => {
        execution.write(i, x);
      });
      execution.check();
      execution.run();
      return program.outputs.map((_, i) => execution.read(i));
    },
  };
}

/** The tensors that f returns, in the order in which a program returns them. */
export function eager(f: (...args: Tensor[]) => unknown, ...args: Tensor[]): Tensor[] {
  return leavesOf(f(...args) as Tree);
}

/** Compares the plan of f with f itself, twice with the same plan. */
export function requirePlan(
  f: (...args: Tensor[]) => unknown,
  args: readonly Tensor[],
  tolerance?: number,
): Planned {
  const expected = eager(f, ...args);
  const plan = planned(f, ...args);
  requireClose(plan.run(...args), expected, tolerance, 'the plan');
  requireClose(plan.run(...args), expected, tolerance, 'the second run of the plan');
  return plan;
}

/** Compares trees leaf by leaf. */
export function requireCloseTrees(actual: unknown, expected: unknown): void {
  requireClose(leavesOf(actual as Tree), leavesOf(expected as Tree));
}

/**
 * 1e-12 of the largest expected number (or of 1) for float64, 1e-5 for float32; NaN and infinities where they
 * are expected, and nowhere else.
 */
export function requireClose(
  actual: readonly Tensor[],
  expected: readonly Tensor[],
  tolerance?: number,
  what = 'the result',
): void {
  if (actual.length !== expected.length)
    throw new Error(`${what}: ${actual.length} tensors, not ${expected.length}`);
  actual.forEach((x, i) => {
    const like = expected[i];
    if (x.dtype !== like.dtype || !sameShape(x.shape, like.shape))
      throw new Error(
        `${what}: output ${i} is ${x.dtype} ${formatShape(x.shape)}, not ${like.dtype} ${formatShape(like.shape)}`,
      );
    const [values, others] = [dataOf(x), dataOf(like)];
    const within = like.dtype === 'int32' ? 0 : (tolerance ?? (like.dtype === 'float64' ? 1e-12 : 1e-5));
    const scale = Math.max(1, ...Array.from(others, Math.abs).filter(Number.isFinite));
    others.forEach((other, at) => {
      const value = values[at];
      const close = Number.isFinite(other)
        ? Math.abs(value - other) <= within * scale
        : Object.is(value, other);
      if (!close) throw new Error(`${what}: output ${i}, element ${at} is ${value}, not ${other}`);
    });
  });
}

/** Numbers in (-2, 2) that look drawn but are not, in a new tensor. */
export function sample(
  shape: readonly number[],
  phase = 0,
  dtype: 'float32' | 'float64' = 'float64',
): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return cast(
    fromData(
      Float64Array.from({ length: size }, (_, i) => 2 * Math.sin(12.9898 * (i + 1) + 78.233 * (phase + 1))),
      [...shape],
    ),
    dtype,
  );
}

/** The floats of a tree in float32. */
export function narrow<T>(tree: T): T {
  return mapTree(tree as Tree, (leaf) => (leaf.dtype === 'float64' ? cast(leaf, 'float32') : leaf)) as T;
}
