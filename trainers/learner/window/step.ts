import { type Dissection, dissect } from '../../../autodiff/index.ts';
import { DTypeError, formatShape, type PartialTree, ShapeError, type Tensor } from '../../../lib/index.ts';
import { type Cell, type Loss, runStep } from '../../../nn/index.ts';
import { addTrees, scaleTree } from '../../algebra.ts';
import { stateLike } from '../given/conform.ts';

/** Runs one time step at given parameters, state, input and target; without a target it is only observed. */
export interface StepArguments<P, S, X, Y> {
  readonly parameters: P;
  readonly state: S;
  readonly input: X;
  readonly target: { readonly value: Y } | undefined;
}

/** The parts of a step's value that are differentiated. */
type StepValue<S> = { readonly state: S; readonly output: Tensor; readonly loss?: Tensor };

/** A time step, evaluated and linearised in parameters and state. */
export interface Step<P, S, X, Y> extends StepArguments<P, S, X, Y> {
  readonly next: S;
  readonly output: Tensor;
  readonly loss: Tensor | undefined;
  readonly derivative: Dissection<[P, S], StepValue<S>>;
}

/** Runs the model for one step and keeps its derivative. */
export function takeStep<P, S, X, Y>(
  model: Cell<P, S, X>,
  loss: Loss<Y>,
  given: StepArguments<P, S, X, Y>,
): Step<P, S, X, Y> {
  const derivative = dissect(
    function step(parameters: P, state: S): StepValue<S> {
      const { state: next, output } = runStep(model, parameters, state, given.input);
      const value = { state: stateLike(given.state, next, model.name), output };
      return given.target === undefined ? value : { ...value, loss: loss(output, given.target.value) };
    },
    given.parameters,
    given.state,
  );
  const { state: next, output, loss: value } = derivative.value;
  if (value !== undefined && value.shape.length !== 0)
    throw new ShapeError(
      `loss: must be a scalar, got shape ${formatShape(value.shape)}; take its mean or sum`,
    );
  if (value !== undefined && value.dtype !== output.dtype)
    throw new DTypeError(
      `loss: is ${value.dtype}, and the output ${output.dtype}; compute it from the output, with constants of its dtype`,
    );
  return { ...given, next, output, loss: value, derivative };
}

/**
 * The gradient of the losses of the last `scored` steps, with respect to the parameters and to the first
 * state.
 * @param crossing the factor of a cotangent of the state between two steps.
 */
export function pullLosses<P, S, X, Y>(
  steps: readonly Step<P, S, X, Y>[],
  scored: number,
  cotangent: Tensor,
  crossing?: number,
): { parameters: P; state: S } {
  const losses = (i: number) => (i >= steps.length - scored ? cotangent : undefined);
  return pullThrough(steps, undefined, losses, crossing);
}

/** A cotangent of the last state, and of the losses, pulled back through several steps. */
export function pullThrough<P, S, X, Y>(
  steps: readonly Step<P, S, X, Y>[],
  last: unknown,
  lossCotangent: (i: number) => Tensor | undefined,
  crossing = 1,
): { parameters: P; state: S } {
  let total: P | undefined;
  let state = last;
  for (let i = steps.length - 1; i >= 0; i--) {
    // A step that was only observed has no loss, and takes no cotangent for it.
    const loss = steps[i].loss && lossCotangent(i);
    const cotangent = loss === undefined ? { state } : { state, loss };
    const [parameters, before] = steps[i].derivative.pull(cotangent as PartialTree<StepValue<S>>);
    total = total === undefined ? parameters : addTrees(total, parameters);
    state = crossing === 1 || i === 0 ? before : scaleTree(before, crossing);
  }
  return { parameters: total as P, state: state as S };
}
