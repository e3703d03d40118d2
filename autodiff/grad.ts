import { DTypeError, formatShape, guard, ShapeError, Tensor } from '../lib/index.ts';
import { callName } from './level.ts';
import { type Linearization, linearizeFor } from './linearize.ts';
import { asTensor } from './operations/operand.ts';

/**
 * The value of f, and a function that pulls a cotangent of it back to every argument (vector-Jacobian
 * product).
 */
export function vjp<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  ...primals: A
): [value: R, pull: Linearization<A, R>['pull']] {
  const { value, pull } = linearizeFor(callName('vjp', f), f, primals);
  return [value, pull];
}

/** Which argument to differentiate, counted from 0. */
export interface GradOptions<I extends number = number> {
  readonly argument?: I;
}

/**
 * The value of a scalar function and its gradient with respect to one argument (default: the first).
 * @throws ShapeError if f does not return a scalar.
 */
export function valueAndGrad<A extends readonly unknown[], I extends number = 0>(
  f: (...args: A) => Tensor,
  options: GradOptions<I> = {},
): (...primals: A) => [value: Tensor, gradient: A[I]] {
  const name = callName('grad', f);
  const { argument = 0 as I } = guard.options('grad', options, { argument: guard.whole(0) });
  return (...primals) => {
    if (!(argument in primals))
      throw new ShapeError(`${name}: there is no argument ${argument}; f was given ${primals.length}`);
    const single = (primal: A[I]) => {
      const all: readonly unknown[] = primals.with(argument, primal);
      return f(...(all as A));
    };
    const { value, pull } = linearizeFor(name, single, [primals[argument]] as [A[I]]);
    if (!(value instanceof Tensor))
      throw new ShapeError(`${name}: f must return one scalar, it returned several tensors`);
    if (value.shape.length !== 0)
      throw new ShapeError(
        `${name}: f must return a scalar, it returned shape ${formatShape(value.shape)}; use vjp or jacrev, or sum it`,
      );
    if (value.dtype === 'int32')
      throw new DTypeError(`${name}: f returned an int32 tensor, which has no derivative`);
    return [value, pull(asTensor(1, value.dtype))[0]];
  };
}

/** The gradient of a scalar function with respect to one argument (default: the first). */
export function grad<A extends readonly unknown[], I extends number = 0>(
  f: (...args: A) => Tensor,
  options: GradOptions<I> = {},
): (...primals: A) => A[I] {
  const both = valueAndGrad(f, options);
  return (...primals) => both(...primals)[1];
}
