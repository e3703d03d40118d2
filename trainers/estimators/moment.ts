import type { Tensor, Tree } from '../../lib/index.ts';
import type { Clock } from '../optimizers/optimizer.ts';
import type { Transition } from './transition.ts';

/** What a rule can make a gradient of: a window, and the losses of its last stride. */
export interface Moment {
  /** The window, from the state that it begins with to the state after it. */
  readonly transition: Transition;
  /** The cotangent of the losses at the state that the window begins with. */
  readonly before: Tree;
  /** Their gradient through the window, that state held fixed. */
  readonly own: Tree;
  /** The cotangent of the last loss at the state after the window: what the output reads of it. Zeros without a loss. */
  readonly after: Tree;
  /** The gradient of the last loss, that state held fixed: what a readout has. */
  readonly direct: Tree;
  /** The cotangent of the last loss at the output. */
  readonly output: Tensor;
  /** For functions of time. */
  readonly clock: Clock;
  /** The new state, the output, and the loss with the last target, at other parameters, another state or input. Nothing moves. */
  evaluate(
    parameters: Tree,
    state: Tree,
    input: unknown,
  ): { readonly state: Tree; readonly output: Tensor; readonly loss: Tensor | undefined };
}
