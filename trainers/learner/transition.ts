import { abs, greater, type Linearization, linearize, stopGradient, where } from '../../autodiff/index.ts';
import {
  alignLeaves,
  DTypeError,
  formatShape,
  mapTree,
  pathsOf,
  rebuild,
  ShapeError,
  sameShape,
  type Tensor,
  type Tree,
} from '../../lib/index.ts';
import { type Cell, type Loss, runStep } from '../../nn/index.ts';
import { addTrees } from '../algebra.ts';
import type { Transition } from '../estimators/index.ts';

/** One step of time at given parameters, state, input and target; without a target it is only observed. */
export interface Moment<P, S, X, Y> {
  readonly parameters: P;
  readonly state: S;
  readonly input: X;
  readonly target: { readonly value: Y } | undefined;
}

/** A step of time, evaluated and linearised in parameters and state. */
export interface Step<P, S, X, Y> extends Moment<P, S, X, Y> {
  readonly next: S;
  readonly output: Tensor;
  readonly loss: Tensor | undefined;
  readonly derivative: Linearization<[P, S], { state: S; loss?: Tensor }>;
}

/** Runs the model for one step and keeps its derivative. */
export function takeStep<P, S, X, Y>(model: Cell<P, S, X>, loss: Loss<Y>, moment: Moment<P, S, X, Y>): Step<P, S, X, Y> {
  let output: Tensor | undefined;
  const derivative = linearize(
    function step(parameters: P, state: S): { state: S; loss?: Tensor } {
      const result = runStep(model, parameters, state, moment.input);
      const next = conform(result.state, moment.state, model.name);
      output = stopGradient(result.output);
      return moment.target === undefined ? { state: next } : { state: next, loss: loss(result.output, moment.target.value) };
    },
    moment.parameters,
    moment.state,
  );
  const { state: next, loss: value } = derivative.value;
  if (value !== undefined && value.shape.length !== 0)
    throw new ShapeError(`loss: must be a scalar, got shape ${formatShape(value.shape)}; take its mean or sum`);
  return { ...moment, next, output: output as Tensor, loss: value, derivative };
}

/** Several steps in a row, as one transition from the state that the first begins with to the state after the last. */
export function transitionOf<P, S, X, Y>(steps: readonly Step<P, S, X, Y>[]): Transition<P, S> {
  const [first] = steps;
  return {
    parameters: first.parameters,
    state: first.state,
    push: (parameters, state) =>
      steps.reduce((tangent, step) => step.derivative.push(parameters, tangent as never).state, state as S),
    pull: (state) => pullThrough(steps, state as S, () => false),
  };
}

/**
 * The same from a state on which the parameters have no influence: J is multiplied with zeros alone. It need not exist there, so it is
 * zero where it is not finite.
 */
export function firstTransitionOf<P, S, X, Y>(steps: readonly Step<P, S, X, Y>[]): Transition<P, S> {
  const { parameters, state, push, pull } = transitionOf(steps);
  return {
    parameters,
    state,
    push(tangents, tangent) {
      const carried = finitePart(push(undefined as never, tangent));
      return tangents === undefined ? carried : addTrees(push(tangents, undefined as never), carried);
    },
    pull(cotangent) {
      const pulled = pull(cotangent);
      return { parameters: pulled.parameters, state: finitePart(pulled.state) };
    },
  };
}

/** The tree with 0 in the place of every NaN and infinity. */
function finitePart<T>(tree: T): T {
  return mapTree(tree as Tree, (leaf) => where(greater(Number.POSITIVE_INFINITY, abs(leaf)), leaf, 0)) as T;
}

/** The gradient of the losses of the last `scored` steps, with respect to the parameters and to the first state. */
export function pullLosses<P, S, X, Y>(
  steps: readonly Step<P, S, X, Y>[],
  scored: number,
  cotangent: Tensor,
): { parameters: P; state: S } {
  return pullThrough(steps, undefined, (i) => i >= steps.length - scored, cotangent);
}

function pullThrough<P, S, X, Y>(
  steps: readonly Step<P, S, X, Y>[],
  last: S | undefined,
  scored: (i: number) => boolean,
  lossCotangent?: Tensor,
): { parameters: P; state: S } {
  let total: P | undefined;
  let state = last;
  for (let i = steps.length - 1; i >= 0; i--) {
    // A step that was only observed has no loss, and no place for the cotangent of one.
    const cotangent = scored(i) && steps[i].loss !== undefined ? { state, loss: lossCotangent } : { state };
    const [parameters, before] = steps[i].derivative.pull(cotangent as never);
    total = total === undefined ? parameters : addTrees(total, parameters);
    state = before;
  }
  return { parameters: total as P, state: state as S };
}

/** The new state in the order of the old one's leaves. @throws ShapeError, DTypeError or TreeError when the cell changed it. */
export function conform<S>(next: S, state: S, who: string): S {
  const leaves = alignLeaves(state as Tree, next, `${who}.step: state`);
  pathsOf(state as Tree, 'state').forEach(({ path, tensor }, i) => {
    const leaf = leaves[i];
    if (leaf === undefined) throw new ShapeError(`${who}.step: ${path} is missing from the new state`);
    if (!sameShape(leaf.shape, tensor.shape))
      throw new ShapeError(
        `${who}.step: ${path} changed its shape from ${formatShape(tensor.shape)} to ${formatShape(leaf.shape)}`,
      );
    if (leaf.dtype !== tensor.dtype)
      throw new DTypeError(
        `${who}.step: ${path} changed its dtype from ${tensor.dtype} to ${leaf.dtype}; make constants of the state's dtype`,
      );
  });
  return rebuild(state as Tree, leaves as Tensor[]) as S;
}
