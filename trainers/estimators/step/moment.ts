import type { Tensor, Tree } from '../../../lib/index.ts';
import type { Clock } from '../../optimizers/optimizer.ts';
import type { Transition } from './transition.ts';

/** A window and the losses of its last stride, from which a rule can compute a gradient. */
export interface Moment {
  /** The window, from its first state to the state after it. */
  readonly transition: Transition;
  /** The cotangent of the losses at the first state. */
  readonly before: Tree;
  /** The gradient of the losses through the window, with the first state held fixed. */
  readonly own: Tree;
  /** The cotangent of the last loss at the state after the window. Zeros without a loss. */
  readonly after: Tree;
  /** The gradient of the last loss with the state after the window held fixed, such as that of a readout. */
  readonly direct: Tree;
  /** The cotangent of the last loss at the output. */
  readonly output: Tensor;
  /** The clock, for schedules. */
  readonly clock: Clock;
  /**
   * Returns the new state, the output, and the loss with the last target, at other parameters, another state
   * or input. The learner does not move.
   */
  evaluate(
    parameters: Tree,
    state: Tree,
    input: unknown,
  ): {
    readonly state: Tree;
    readonly output: Tensor;
    readonly loss: Tensor | undefined;
  };
}
