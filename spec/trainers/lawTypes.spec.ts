import { expect } from 'chai';
import { ConfigurationError, type Noise, type Tensor } from '../../lib/index.ts';
import { crossEntropy, embedded, embedding, gru, linear, lstm, model, rnn } from '../../nn/index.ts';
import { rtrl, tbptt, uoro } from '../../trainers/index.ts';
import {
  byBackpropagation,
  byDifferences,
  checkInfluence,
  checkUnbiased,
  type Fixture,
  fixtureOf,
  type InfluenceSubject,
  influenceLaws,
  LawError,
} from '../../trainers/testing/index.ts';

const input = (noise: Noise) => noise.normal([2]);
const net = model({ cell: rnn({ inputs: 2, units: 2 }), readout: linear({ outputs: 1 }) });
const symbols = model({
  cell: embedded(embedding({ symbols: 3, size: 2 }), gru({ inputs: 2, units: 2 })),
  readout: linear({ outputs: 3 }),
});

describe('the types of norewind/testing', () => {
  it('take fixtures of any model, without a cast', () => {
    checkUnbiased([fixtureOf(net, { input, steps: 2 })], uoro);
    checkUnbiased([fixtureOf(lstm({ inputs: 2, units: 1 }), { input, steps: 2 })], rtrl, {
      reference: byDifferences,
      tolerance: 1e-8,
    });
    checkUnbiased([fixtureOf(symbols, { input: (noise) => noise.integer(3), steps: 2 })], rtrl, {
      reference: byBackpropagation,
    });
    const [one, other] = [1, 2].map((seed) => fixtureOf(net, { input, steps: 2, seed }));
    const lanes: Fixture[] = [one, { ...other, parameters: one.parameters }];
    checkUnbiased(lanes, rtrl);
    expect(() => checkUnbiased([one, other], rtrl)).to.throw(
      ConfigurationError,
      'lane 1 has other parameters than lane 0',
    );
    const classes = fixtureOf(symbols, { input: (noise) => noise.integer(3), steps: 2 });
    checkUnbiased(
      [
        {
          ...classes,
          loss: crossEntropy,
          examples: classes.examples.map((example) => ({ ...example, target: 1 })),
        },
      ],
      rtrl,
    );
  });

  it('take makers of fixtures for the laws of an estimator', () => {
    const subject: InfluenceSubject = {
      estimator: () => tbptt({ window: 2 }),
      fixtures: {
        rnn: (steps) => fixtureOf(net, { input, steps }),
        symbols: (steps) => fixtureOf(symbols, { input: (noise) => noise.integer(3), steps }),
      },
    };
    expect(Object.keys(influenceLaws(subject))).not.to.deep.equal([]);
    checkInfluence({
      estimator: () => rtrl(),
      eager: true,
      fixtures: { rnn: (steps) => fixtureOf(net, { input, steps }) },
    });
  });

  it('say at once when a run draws more signs than can be enumerated', () => {
    const wide = { rnn: (steps: number) => fixtureOf(rnn({ inputs: 2, units: 9 }), { input, steps }) };
    expect(() => checkInfluence({ estimator: () => uoro(), fixtures: wide })).to.throw(
      LawError,
      'a run of 2 steps draws 18 signs, which have 262,144 sequences, and 65,536 is the most; give fixtures with fewer units',
    );
    expect(() =>
      checkUnbiased([fixtureOf(rnn({ inputs: 2, units: 9 }), { input, steps: 2 })], uoro),
    ).to.throw(LawError, '18 signs');
  });

  it('refuse what is none, and so does the code', () => {
    const estimator = () => rtrl();
    const asFixtures =
      'fixtures must be a record of functions (steps) => fixtureOf(model, { input, steps }), got';
    expect(() => influenceLaws({ estimator, fixtures: {} })).to.throw(
      ConfigurationError,
      `${asFixtures} a record; it has no entry`,
    );
    // @ts-expect-error: a fixture in place of the function that makes it
    expect(() => influenceLaws({ estimator, fixtures: { own: 3 } })).to.throw(
      ConfigurationError,
      `${asFixtures} a record; its own is 3`,
    );
    // @ts-expect-error: a model is no fixture
    expect(() => checkUnbiased([net], rtrl)).to.throw(ConfigurationError, 'fixture');
    // @ts-expect-error: one fixture is no list of them
    expect(() => checkUnbiased(fixtureOf(net, { input, steps: 2 }), rtrl)).to.throw(
      ConfigurationError,
      'fixture',
    );
    // @ts-expect-error: an estimator in place of the function that makes one
    expect(() => checkUnbiased([fixtureOf(net, { input, steps: 2 })], rtrl())).to.throw(
      ConfigurationError,
      'estimator',
    );
    // @ts-expect-error: no length
    expect(() => fixtureOf(net, { input })).to.throw(ConfigurationError, 'steps is missing');
    const wrong: () => unknown = () =>
      // @ts-expect-error: the input of another model
      fixtureOf(net, { input: (noise: Noise): string => String(noise), steps: 2 });
    expect(wrong).to.throw();
    const subject: InfluenceSubject = {
      estimator: rtrl,
      // @ts-expect-error: a fixture in place of the function that makes one
      fixtures: { rnn: fixtureOf(net, { input, steps: 2 }) },
    };
    expect(() => influenceLaws(subject)).to.throw(ConfigurationError, 'fixtures');
    const typed: Fixture<unknown, Tensor, Tensor | number, Tensor> = fixtureOf(net, { input, steps: 2 });
    // @ts-expect-error: the state of another model
    const other: Fixture<unknown, string, unknown, unknown> = typed;
    expect(other).to.equal(typed);
  });
});
