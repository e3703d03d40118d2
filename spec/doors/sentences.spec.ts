import { expect } from 'chai';
import { grad, matmul, softmax, sum } from '../../autodiff/index.ts';
import {
  ConfigurationError,
  DataError,
  DTypeError,
  full,
  guard,
  NoiseError,
  type NorewindError,
  ones,
  readNpy,
  ShapeError,
  seeded,
  tensor,
  zeros,
} from '../../lib/index.ts';
import { gru, rnn } from '../../nn/index.ts';
import { adam, chain, frozen, sgd, tbptt, uoro } from '../../trainers/index.ts';
import { learner, untyped } from './untyped.ts';

type Refused = new (message: string) => NorewindError;

const sentences: readonly (readonly [string, () => unknown, Refused, string])[] = [
  [
    'sum axis',
    () => sum(ones([2]), untyped({ axis: 0 })),
    ConfigurationError,
    'sum: there is no option axis; did you mean axes?',
  ],
  [
    'softmax axes',
    () => softmax(ones([2]), untyped({ axes: 0 })),
    ConfigurationError,
    'softmax: there is no option axes; did you mean axis?',
  ],
  [
    'keepdims',
    () => sum(ones([2]), untyped({ keepdims: true })),
    ConfigurationError,
    'there is no option keepdims; did you mean keepDims?',
  ],
  [
    'matmul of arrays',
    () => matmul(untyped([[1]]), untyped([1])),
    DTypeError,
    'matmul: needs a tensor, got an array of 1; make a tensor of it with tensor(…)',
  ],
  ['zeros of a number', () => zeros(untyped(3)), ShapeError, 'zeros: needs a shape such as [2,3], got 3'],
  [
    'a misspelt dtype',
    () => zeros([2], untyped({ dType: 'float32' })),
    ConfigurationError,
    'zeros: there is no option dType; did you mean dtype?',
  ],
  ['full of a text', () => full([2], untyped('1')), DTypeError, 'full: value must be a number, got "1"'],
  [
    'an option where there are none',
    () => frozen(untyped({ rate: 1 })),
    ConfigurationError,
    'frozen: there is no option rate; there are none',
  ],
  [
    'an instance of a class without a name',
    () => matmul(untyped(new (class {})()), ones([1])),
    DTypeError,
    'matmul: needs a tensor, got an object',
  ],
  [
    'lanes',
    () => learner({ lane: 4 }),
    ConfigurationError,
    'createLearner: there is no option lane; did you mean lanes?',
  ],
  [
    'optimiser',
    () => learner({ optimiser: 1 }),
    ConfigurationError,
    'there is no option optimiser; did you mean optimizer?',
  ],
  [
    'a model forgotten',
    () => learner({ model: undefined }),
    ConfigurationError,
    'createLearner: model is missing; it must be a cell, such as gru(',
  ],
  [
    'uoro uncalled',
    () => learner({ estimator: uoro }),
    ConfigurationError,
    'estimator must be an estimator, such as uoro(), got the function uoro; call it: uoro(…)',
  ],
  [
    'uoro by name',
    () => learner({ estimator: 'uoro' }),
    ConfigurationError,
    'estimator must be an estimator, such as uoro(), got "uoro"',
  ],
  [
    'adam uncalled',
    () => learner({ optimizer: adam }),
    ConfigurationError,
    'optimizer must be an optimiser, such as adam({ rate: 0.001 }), got the function adam; call it',
  ],
  [
    'gru uncalled',
    () => learner({ model: gru }),
    ConfigurationError,
    'model must be a cell, such as gru({ inputs: 2, units: 16 }), got the function gru; call it',
  ],
  [
    'a cell without start',
    () => learner({ model: { name: 'own', init: () => 0, step: () => 0 } }),
    ConfigurationError,
    'got a record; it has no start',
  ],
  [
    'a loss by name',
    () => learner({ loss: 'mse' }),
    ConfigurationError,
    'loss must be a function of an output and a target, such as meanSquare, got "mse"',
  ],
  [
    'a seed of text',
    () => learner({ seed: '1' }),
    ConfigurationError,
    'createLearner: seed must be a whole number of at least 0, got "1"',
  ],
  [
    'noise that is a seed',
    () => learner({ noise: 1 }),
    NoiseError,
    'createLearner: needs a source of noise, such as seeded(1), got 1',
  ],
  [
    'sgd without a rate',
    () => sgd(untyped({})),
    ConfigurationError,
    'sgd: rate is missing; it must be a number of at least 0 or a schedule',
  ],
  [
    'lr',
    () => adam(untyped({ lr: 1 })),
    ConfigurationError,
    'adam: there is no option lr; did you mean rate?',
  ],
  ['learning_rate', () => adam(untyped({ learning_rate: 1 })), ConfigurationError, 'did you mean rate?'],
  [
    'eps',
    () => adam(untyped({ rate: 1, eps: 1 })),
    ConfigurationError,
    'adam: there is no option eps; did you mean epsilon?',
  ],
  [
    'adam of a number',
    () => adam(untyped(0.001)),
    ConfigurationError,
    'adam: needs a record of options, such as adam({ rate: 0.001 }), got 0.001',
  ],
  [
    'chain of a list',
    () => chain(untyped([sgd({ rate: 1 })])),
    ConfigurationError,
    'chain: argument 1 must be an optimiser, such as adam({ rate: 0.001 }), got an array of 1',
  ],
  [
    'a window by itself',
    () => tbptt(untyped(10)),
    ConfigurationError,
    'tbptt: needs a record of options, such as tbptt({ window: 20 }), got 10',
  ],
  [
    'hidden',
    () => gru(untyped({ inputs: 1, hidden: 2 })),
    ConfigurationError,
    'gru: there is no option hidden; did you mean units?',
  ],
  [
    'init misspelt',
    () => gru(untyped({ inputs: 1, units: 2, init: { recurent: 1 } })),
    ConfigurationError,
    'gru: init: there is no option recurent; did you mean recurrent?',
  ],
  [
    'init without noise',
    () => rnn({ inputs: 1, units: 1 }).init(untyped(undefined)),
    NoiseError,
    'rnn.init: needs a source of noise, such as seeded(1), got nothing',
  ],
  [
    'an initialiser of another shape',
    () => rnn({ inputs: 1, units: 2, init: { bias: () => ones([3]) } }).init(seeded(1)),
    ConfigurationError,
    'rnn: an initialiser must return a tensor of shape [2], got a tensor [3]',
  ],
  [
    'an ArrayBuffer',
    () => readNpy(untyped(new ArrayBuffer(8))),
    DataError,
    'readNpy: bytes must be a Uint8Array, got an ArrayBuffer; use new Uint8Array(buffer)',
  ],
  [
    'grad of a value',
    () => grad(untyped(tensor(1))),
    ConfigurationError,
    'grad: what it is given first must be a function, got a tensor []',
  ],
  [
    'a tensor of another copy',
    () => sum(untyped({ dtype: 'float64', shape: [1], level: 0 })),
    DTypeError,
    'of another copy of norewind: two versions are installed',
  ],
];

describe('the sentences of the doors', () => {
  for (const [name, call, Refusal, sentence] of sentences)
    it(name, () => {
      expect(call).to.throw(Refusal).with.property('message').that.contains(sentence);
    });
});

describe('did you mean', () => {
  it('knows misspellings, other ways to write words together, beginnings and other names', () => {
    const known = ['rate', 'beta1', 'beta2', 'epsilon', 'keepDims', 'structure'];
    for (const [given, meant] of [
      ['rte', 'rate'],
      ['Rate', 'rate'],
      ['keep_dims', 'keepDims'],
      ['keepdim', 'keepDims'],
      ['struct', 'structure'],
      ['lr', 'rate'],
      ['learning-rate', 'rate'],
      ['eps', 'epsilon'],
    ])
      expect(guard.didYouMean(given, known), given).to.equal(`; did you mean ${meant}?`);
    for (const given of ['q', 'weather', '', '__proto__', 'constructor'])
      expect(guard.didYouMean(given, known), given).to.equal('');
  });
});
