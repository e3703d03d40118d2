import { linear, meanSquare, model, rnn } from '../../nn/index.ts';
import { createLearner, sgd, uoro } from '../../trainers/index.ts';

/** A value where only callers without types can put it. */
export function untyped(value: unknown): never {
  return value as never;
}

export const net = (units = 2) => model({ cell: rnn({ inputs: 1, units }), readout: linear({ outputs: 1 }) });

/** A learner with some options replaced, by others or by what is none. */
export const learner = (own: object) =>
  createLearner(
    untyped({ model: net(), loss: meanSquare, estimator: uoro(), optimizer: sgd({ rate: 0.1 }), ...own }),
  );
