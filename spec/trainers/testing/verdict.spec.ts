import { expect } from 'chai';
import { smooth, square, stopGradient, tanh } from '../../../autodiff/index.ts';
import { ConfigurationError, type Tensor } from '../../../lib/index.ts';
import { linear, lstm, model, rnn } from '../../../nn/index.ts';
import { rtrl, snap } from '../../../trainers/index.ts';
import {
  type CellSubject,
  check,
  checkCell,
  fixtureOf,
  kindOf,
  LawError,
  lawText,
  tensors,
  UncheckedError,
  verdictOf,
} from '../../../trainers/testing/index.ts';

const cell = rnn({ inputs: 1, units: 2 });
const input = (noise: { normal(shape: readonly number[]): Tensor }) => noise.normal([1]);
const thrown = (run: () => void): Error => {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
};

/** The derivative through the old state is cut, which one step from a fixed state cannot show. */
const forgetful = {
  ...cell,
  name: 'forgetful',
  step: (p: ReturnType<typeof cell.init>, h: Tensor, x: Tensor) => cell.step(p, stopGradient(h), x),
};

describe('norewind/testing: verdicts', () => {
  it('tell of each law whether it holds', () => {
    const verdict = verdictOf({ cell, input });
    expect([verdict.kind, verdict.name, verdict.holds]).to.deep.equal(['cell', 'rnn', true]);
    expect(new Set(verdict.laws.map(({ result }) => result))).to.deep.equal(new Set(['holds']));
    expect(String(verdict)).to.equal(`cell rnn: ${verdict.laws.length} of ${verdict.laws.length} laws hold`);
    check({ cell, input });
  });

  it('show the smallest operands at which a derivative is wrong, with both numbers', () => {
    const cube = smooth({ name: 'cube', evaluate: (x) => x ** 3, partials: [(x) => square(x)] });
    const subject = { name: 'cube', operation: cube, operands: tensors().map((x) => [x]), order: 1 };
    const { laws, holds } = verdictOf(subject);
    const failing = laws.filter(({ result }) => result !== 'holds');
    expect([holds, failing.map(({ law }) => law)]).to.deep.equal([
      false,
      ['has a push equal to central differences'],
    ]);
    const [{ sentence = '', example = [] }] = failing;
    // The derivative is x² instead of 3x², at a scalar.
    const [, own, true_] = /the rule returns (\S+) instead of (\S+)$/.exec(sentence) ?? [];
    expect(Number(true_) / Number(own)).to.be.closeTo(3, 1e-6);
    expect(example[0]).to.match(/^operand 0 = \[\]: -?[\d.]+$/);
    expect(example[1]).to.match(/^draw \d+ of 10, made smaller \d+ times; seed 1$/);
    const { message } = thrown(() => check(subject));
    expect(message).to.include(
      `fails: has a push equal to central differences\n    ${sentence}\n      operand 0`,
    );
  });

  it('show the shortest run of a cell at which RTRL and differences disagree', () => {
    const law = 'has one derivative by RTRL, backpropagation through time and differences';
    const found = verdictOf({ cell: forgetful, input } as CellSubject<unknown, unknown, unknown>).laws.find(
      (each) => each.law === law,
    );
    expect(found?.result).to.equal('fails');
    expect(found?.sentence).to.match(
      /^differences: ∂state\[\d\]\/∂[wub]\[[\d,]+\] is \S+ instead of \S+, \S+ apart$/,
    );
    expect(found?.example?.[0]).to.equal('2 steps, seed 1');
    expect(found?.example).to.include.members(
      found?.example?.filter((line) => /^(params\.[wub]|state|input [12]) = /.test(line)) ?? [],
    );
    expect(found?.example).to.have.length(7);
  });

  it('show each line of an example once', () => {
    const verdict = verdictOf({ cell: forgetful, input } as CellSubject<unknown, unknown, unknown>);
    expect(String(verdict).match(/^ {2}fails: /gm)).to.have.length(2);
    expect(String(verdict).match(/ params\.w = /g)).to.have.length(1);
    expect(String(verdict)).to.match(/\n {6}input 2 = [^\n]+\n {6}the rest as above$/);
    const [failing] = verdict.laws.filter(({ result }) => result === 'fails');
    const shown = new Set(failing.example);
    expect(lawText(failing, shown)).to.equal(
      `  fails: ${failing.law}\n    ${failing.sentence}\n      as above`,
    );
    expect(lawText(failing)).to.include(failing.example?.join('\n      '));
  });

  it('hold for a cell whose step returns its keys in another order', () => {
    const own = lstm({ inputs: 1, units: 1 });
    const turned: typeof own = {
      ...own,
      step(theta, state, x) {
        const { state: next, output } = own.step(theta, state, x);
        return { output, state: { c: next.c, h: next.h } };
      },
    };
    check({ cell: turned, input });
  });

  it('reject an estimator that promises no bias and has one, naming the entry', () => {
    const net = model({ cell, readout: linear({ outputs: 1 }) });
    const small = (steps: number) => fixtureOf(net, { input, steps });
    const promise = {
      estimator: () => ({ ...snap({ n: 1 }), bias: 'none' as const }),
      fixtures: { small },
      eager: true,
    };
    const [first] = verdictOf(promise).laws;
    expect(first.result).to.equal('fails');
    expect(first.sentence).to.match(/^the mean of the influence: ∂state\[\d\]\/∂cell\.[wub]\[[\d,]+\] is/);
    expect(first.example).to.deep.equal(['the fixture small, 2 steps']);
  });

  it('say what could not be checked, and what the own code threw', () => {
    const large = verdictOf({ cell: rnn({ inputs: 1, units: 7 }), input });
    expect(
      large.laws.filter(({ result }) => result === 'not checked').map(({ sentence }) => sentence),
    ).to.deep.equal([
      'too many state elements to run every sequence of signs: 7; check a cell with at most 6',
    ]);
    expect(large.holds).to.equal(false);
    const broken = {
      ...cell,
      step(): never {
        throw new TypeError('x is not a matrix');
      },
    };
    const error = thrown(() => checkCell({ cell: broken, input }));
    expect(error).to.be.instanceOf(LawError).and.not.instanceOf(UncheckedError);
    expect(error.message).to.include('it threw TypeError: x is not a matrix');
  });

  it('know a subject by its form, and refuse what is none in one sentence', () => {
    expect(
      [
        { cell, input },
        { name: 'tanh', operation: tanh, operands: 1 },
        { estimator: rtrl },
        rtrl(),
        cell,
        3,
        null,
      ].map(kindOf),
    ).to.deep.equal(['cell', 'primitive', 'estimator', 'estimator', undefined, undefined, undefined]);
    for (const bad of [3, undefined, cell, {}])
      expect(() => check(bad as never)).to.throw(ConfigurationError, /^a check needs [^\n]+$/);
    expect(() => check({ cell } as never)).to.throw(ConfigurationError, 'input is missing');
  });
});
