import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { sum } from '../../../autodiff/index.ts';
import { indices, leavesOf, type Tree, tensor } from '../../../lib/index.ts';
import { binaryCrossEntropy, type Cell, linear, meanSquare, model, rnn } from '../../../nn/index.ts';
import { createLearner, restoreLearner, sgd } from '../../../trainers/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { optimisesLate } from '../../support/project.ts';
import { size } from '../../support/size.ts';
import {
  type Any,
  act,
  bytesOf,
  type Config,
  characters,
  configOf,
  estimators,
  forAll,
  looks,
  moves,
  scenario,
  symbols,
} from './planned.ts';

describe('a learner with a plan', () => {
  it('learns what an eager one learns, whatever cell, estimator, optimiser and lanes', () => {
    forAll(
      fc.tuple(scenario, moves),
      ([drawn, actions]) => {
        const config = configOf({ ...drawn, dtype: 'float64' });
        const [plan, eager] = [createLearner(config), createLearner({ ...config, eager: true })];
        // Before the first step after a reset, an eager learner has no influence yet.
        [...actions, 'step' as const].forEach((action, t) => {
          const [a, b] = [plan, eager].map((learner) => act(learner, action, t));
          if (b !== undefined) requireClose([a as number], [b], 1e-9, `loss ${t}`);
          expect(plan.steps).to.equal(eager.steps);
          if (t % 5 === 2)
            requireClose(numbersOf(plan.gradient), numbersOf(eager.gradient), 1e-9, `gradient ${t}`);
        });
        for (const part of ['gradient', 'parameters', 'state', 'influence'] as const)
          requireClose(numbersOf(plan[part]), numbersOf(eager[part]), 1e-9, part);
        requireClose(
          numbersOf(plan.predict(symbols(9, drawn.lanes))),
          numbersOf(eager.predict(symbols(9, drawn.lanes))),
          1e-9,
          'prediction',
        );
      },
      14,
    );
  });

  it('does not care who looks at it, to the last bit', () => {
    forAll(
      fc.tuple(scenario, moves, fc.array(fc.tuple(fc.nat(3), looks), { minLength: 24, maxLength: 24 })),
      ([drawn, actions, glances]) => {
        const [seen, alone] = [createLearner(configOf(drawn)), createLearner(configOf(drawn))];
        actions.forEach((action, t) => {
          const [a, b] = [seen, alone].map((learner) => act(learner, action, t));
          expect(a).to.equal(b);
          const [often, look] = glances[t];
          if (often === 0) act(seen, look, t);
        });
        expect(bytesOf(seen)).to.equal(bytesOf(alone));
      },
      14,
    );
  });

  for (const [name, estimator] of Object.entries(estimators).filter(([own]) =>
    size(['uoro', 'tbptt 4'].includes(own), own !== 'rtrl'),
  ))
    it(`${name}: keeps its gradient to be read, without another step elsewhere, with long parameters`, () => {
      const config: Config = {
        ...configOf({
          estimator: name,
          optimizer: 'adam',
          kind: 'gru',
          units: 24,
          lanes: 1,
          dtype: 'float32',
          seed: 3,
        }),
        estimator: estimator(),
        model: characters('gru', 24, 24),
      };
      const [seen, alone] = [createLearner(config), createLearner(config)];
      for (let t = 0; t < 14; t++) {
        act(seen, 'step', t);
        act(alone, 'step', t);
        if (t % 5 === 1) act(seen, 'gradient', t);
        expect(numbersOf(seen.parameters)).to.deep.equal(numbersOf(alone.parameters));
      }
      expect(bytesOf(seen)).to.equal(bytesOf(alone));
    });

  it('continues from save at any moment, to the last bit', () => {
    forAll(
      fc.tuple(scenario, moves, fc.nat(23)),
      ([drawn, actions, at]) => {
        const learner = createLearner(configOf(drawn));
        let copy: Any | undefined;
        actions.forEach((action, t) => {
          if (t === at % actions.length) {
            const bytes = learner.save();
            copy = restoreLearner(configOf(drawn), bytes);
            expect(bytesOf(copy)).to.equal(Buffer.from(bytes).toString('base64'));
          }
          const loss = act(learner, action, t);
          if (copy !== undefined) expect(act(copy, action, t)).to.equal(loss);
        });
        expect(bytesOf(copy as Any)).to.equal(bytesOf(learner));
      },
      12,
    );
  });

  it('writes the same bytes twice, in one process and in two', () => {
    const run = () => {
      const learner = createLearner(
        configOf({
          estimator: 'uoro',
          optimizer: 'adam',
          kind: 'gru',
          units: 4,
          lanes: 2,
          dtype: 'float32',
          seed: 11,
        }),
      );
      for (let t = 0; t < 300; t++) act(learner, 'step', t);
      return numbersOf(learner.parameters).concat(numbersOf(learner.influence));
    };
    const here = run();
    expect(run()).to.deep.equal(here);
    const code = `
      import { createLearner, uoro, adam, inverseSqrt } from './dist/trainers/index.js';
      import { crossEntropy, embedded, embedding, gru, linear, model } from './dist/nn/index.js';
      import { indices } from './dist/lib/index.js';
      import { numbersOf } from './dist/trainers/testing/numbers.js';
      const cell = model({ cell: embedded(embedding({ symbols: 5, size: 2 }), gru({ inputs: 2, units: 4 })), readout: linear({ outputs: 5 }) });
      const learner = createLearner({ model: cell, loss: crossEntropy, estimator: uoro(), optimizer: adam({ rate: inverseSqrt(0.02, 0.03) }), dtype: 'float32', seed: 11, lanes: 2 });
      const one = (t, lane, phase) => (7 * t + 3 * lane + 2 * phase + ((t * t) >> 2)) % 5;
      for (let t = 0; t < 300; t++) learner.step(indices([one(t, 0, 0), one(t, 1, 0)]), indices([one(t, 0, 1), one(t, 1, 1)]));
      console.log(JSON.stringify(numbersOf(learner.parameters).concat(numbersOf(learner.influence))));`;
    const there = execFileSync(process.execPath, [...optimisesLate, '--input-type=module', '-e', code], {
      encoding: 'utf8',
      cwd: new URL('../../..', import.meta.url),
    });
    expect(JSON.parse(there)).to.deep.equal(here);
  });

  it('takes plain numbers as real targets where the loss does, whole ones too, and from the first step on', () => {
    const scalar = model({ cell: rnn({ inputs: 2, units: 3 }), readout: linear({ outputs: 1 }) });
    const squeezed = {
      ...scalar,
      step: (p: never, s: never, x: never) => {
        const { state, output } = scalar.step(p, s, x);
        return { state, output: sum(output) };
      },
    } as unknown as Cell<unknown, unknown, unknown>;
    for (const [loss, targets] of [
      [meanSquare, [1, 0.5, -2, 3, 0]],
      [meanSquare, [0.25, 1, 1]],
      [binaryCrossEntropy, [1, 0, 1, 0.5]],
    ] as const)
      for (const name of ['uoro', 'tbptt 4', 'bptt 3']) {
        const config: Config = {
          model: squeezed,
          loss: loss as never,
          estimator: estimators[name](),
          optimizer: sgd({ rate: 0.1 }),
          dtype: 'float64',
          seed: 4,
        };
        const [plan, eager] = [createLearner(config), createLearner({ ...config, eager: true })];
        for (let t = 0; t < 13; t++) {
          const [x, y] = [tensor([Math.sin(t), 1]), targets[t % targets.length]];
          requireClose([plan.step(x, y).loss], [eager.step(x, y).loss], 1e-12, `${name}, loss ${t}`);
        }
        requireClose(numbersOf(plan.parameters), numbersOf(eager.parameters), 1e-12, 'parameters');
      }
  });

  it('follows inputs and targets that change their types in the middle of the stream', () => {
    for (const name of size(['uoro'], ['uoro', 'tbptt 4', 'rtrl', 'bptt 3'])) {
      const config = {
        ...configOf({
          estimator: name,
          optimizer: 'adam',
          kind: 'gru',
          units: 3,
          lanes: 1,
          dtype: 'float64',
          seed: 4,
        }),
      };
      const [plan, eager] = [createLearner(config), createLearner({ ...config, eager: true })];
      const inputs = [2, indices(3), 1, indices(0), 4];
      const targets = [3, tensor([0.1, 0.2, 0.3, 0.4, 0]), indices(2), tensor([1, 0, 0, 0, 0]), 0, 1, 2];
      for (let t = 0; t < 30; t++) {
        const [x, y] = [inputs[t % 5], targets[t % 7]];
        if (t % 11 === 10) for (const learner of [plan, eager]) learner.observe(x);
        else requireClose([plan.step(x, y).loss], [eager.step(x, y).loss], 1e-10, `${name}, loss ${t}`);
        if (t % 8 === 3)
          requireClose(numbersOf(plan.gradient), numbersOf(eager.gradient), 1e-10, `${name}, gradient ${t}`);
      }
      requireClose(numbersOf(plan.parameters), numbersOf(eager.parameters), 1e-10, 'parameters');
    }
  });

  it('is the same after hundreds of steps, looked at or not, at the seams of its bookkeeping too', () => {
    for (const name of size(['tbptt 4'], ['uoro', 'tbptt 4'])) {
      const config = configOf({
        estimator: name,
        optimizer: 'momentum',
        kind: 'rnn',
        units: 3,
        lanes: 1,
        dtype: 'float32',
        seed: 4,
      });
      const [seen, alone] = [createLearner(config), createLearner(config)];
      for (let t = 0; t < 1100; t++) {
        const action = t % 37 === 36 ? 'observe' : 'step';
        expect(act(seen, action, t)).to.equal(act(alone, action, t));
        if ([3, 62, 63, 64, 65, 100, 127, 128, 129, 252, 255, 256].includes(t))
          act(seen, (['gradient', 'save', 'influence', 'parameters'] as const)[t % 4], t);
      }
      expect(bytesOf(seen)).to.equal(bytesOf(alone));
    }
  });

  it('knows its last gradient after long times in which it only observed', () => {
    for (const observed of size([1, 64, 150], [1, 62, 63, 64, 65, 150])) {
      const config = configOf({
        estimator: 'uoro',
        optimizer: 'sgd',
        kind: 'rnn',
        units: 3,
        lanes: 1,
        dtype: 'float64',
        seed: 4,
      });
      const [plan, eager] = [createLearner(config), createLearner({ ...config, eager: true })];
      for (const learner of [plan, eager]) {
        act(learner, 'step', 0);
        act(learner, 'step', 1);
        for (let t = 0; t < observed; t++) act(learner, 'observe', t);
      }
      requireClose(numbersOf(plan.gradient), numbersOf(eager.gradient), 1e-12, `gradient after ${observed}`);
      act(plan, 'step', 2);
      act(eager, 'step', 2);
      requireClose(numbersOf(plan.gradient), numbersOf(eager.gradient), 1e-10, 'next gradient');
    }
  });

  it('leaves alone what it handed out', () => {
    const learner = createLearner(
      configOf({
        estimator: 'uoro',
        optimizer: 'adam',
        kind: 'gru',
        units: 3,
        lanes: 2,
        dtype: 'float32',
        seed: 4,
      }),
    );
    act(learner, 'step', 0);
    const { output } = learner.step(symbols(1, 2), symbols(1, 2, 1));
    const held = [output, learner.parameters, learner.state, learner.influence, learner.gradient] as Tree[];
    const before = held.map((tree) => numbersOf(tree));
    for (let t = 2; t < 9; t++) act(learner, 'step', t);
    expect(held.map((tree) => numbersOf(tree))).to.deep.equal(before);
    expect(leavesOf(learner.parameters as Tree).every(({ label }) => label?.startsWith('params'))).to.equal(
      true,
    );
  });
});
