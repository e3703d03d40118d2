import { type Tensor, tensor } from '../../lib/index.ts';
import { gru, linear, meanSquare, model } from '../../nn/index.ts';
import { createLearner, type LearnerConfig, sgd, uoro } from '../../trainers/index.ts';

export const cell = model({ cell: gru({ inputs: 3, units: 2 }), readout: linear({ outputs: 2 }) });
export type Config = LearnerConfig<ReturnType<typeof cell.init>, Tensor, Tensor | number, Tensor>;
/** A learner of a gated network of two units, by UORO. */
export const make = (changes: Partial<Config> = {}) =>
  createLearner<ReturnType<typeof cell.init>, Tensor, Tensor | number, Tensor>({
    model: cell,
    loss: meanSquare,
    estimator: uoro(),
    optimizer: sgd({ rate: 0.1 }),
    dtype: 'float64',
    ...changes,
  });
export const x = tensor([1, -0.5, 0.25]);
export const y = tensor([0.5, -1]);
