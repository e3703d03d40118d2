import { expect } from 'chai';
import { add, exp, greater, matmul, mul, sqrt, tanh, where } from '../../autodiff/index.ts';
import {
  ConfigurationError,
  mapTree,
  type Noise,
  seeded,
  type Tensor,
  type Tree,
  tensor,
  zeros,
} from '../../lib/index.ts';
import { type Cell, gru, linear, lstm, meanSquare, model, rnn } from '../../nn/index.ts';
import {
  adam,
  createLearner,
  createProbe,
  dni,
  type Estimator,
  frozen,
  kfRtrl,
  rtrl,
  sgd,
  snap,
  tbptt,
  uoro,
} from '../../trainers/index.ts';
import { byBackpropagation, fixtureOf } from '../../trainers/testing/index.ts';
import { numbersOf, requireClose } from '../../trainers/testing/numbers.ts';
import { size } from '../support/size.ts';

const net = model({ cell: rnn({ inputs: 2, units: 3 }), readout: linear({ outputs: 1 }) });
const run = fixtureOf(net, { input: (noise: Noise) => noise.normal([2]), steps: 24, seed: 4 });
const learner = (rate: number, more: object = {}) =>
  createLearner({
    model: net,
    loss: meanSquare,
    estimator: rtrl(),
    optimizer: sgd({ rate }),
    dtype: 'float64',
    parameters: run.parameters,
    state: run.state,
    ...more,
  });
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** UORO whose carried part is too large by a factor. */
function exaggerated(factor: number): Estimator {
  const own: Estimator = uoro();
  return {
    ...own,
    bind(step) {
      const rule = own.bind(step);
      return {
        ...rule,
        pull: (influence, cotangent) =>
          mapTree(rule.pull(influence, cotangent) as Tree, (leaf: Tensor) => mul(leaf, factor)),
      };
    },
  };
}

describe('createProbe', () => {
  it('follows without changing the learner by a bit, also over observed steps, a reset and a read', () => {
    const make = () =>
      createLearner({
        model: model({ cell: gru({ inputs: 2, units: 3 }), readout: linear({ outputs: 1 }) }),
        loss: meanSquare,
        estimator: uoro(),
        optimizer: adam({ rate: 0.05 }),
        seed: 3,
      });
    const [alone, followed] = [make(), make()];
    const probe = createProbe({
      learner: followed,
      estimators: { uoro: uoro(), window: tbptt({ window: 3, stride: 1 }), snap: snap({ n: 1 }) },
      copies: 2,
      replay: 4,
    });
    run.examples.slice(0, 12).forEach(({ input, target }, t) => {
      if (t === 5) {
        alone.observe(input);
        probe.observe(input);
        return;
      }
      if (t === 8) {
        alone.resetState();
        probe.resetState();
      }
      const [one, other] = [alone.step(input, target), probe.step(input, target)];
      expect([other.loss, ...numbersOf(other.output)]).to.deep.equal([one.loss, ...numbersOf(one.output)]);
      if (t === 9) probe.report();
    });
    expect(followed.save()).to.deep.equal(alone.save());
  });

  it('takes states by their keys, in whatever order they were given', () => {
    const cell = lstm({ inputs: 2, units: 2 });
    const [h, c] = [tensor([0.1, -0.2]), tensor([0.3, 0.4])];
    const [one, other] = [
      { h, c },
      { c, h },
    ].map((state) => {
      const own = createLearner({
        model: cell,
        loss: meanSquare,
        estimator: rtrl(),
        optimizer: sgd({ rate: 0.1 }),
        dtype: 'float64',
        state,
        eager: true,
      });
      const probe = createProbe({ learner: own, estimators: { frozen: frozen() } });
      for (const { input } of run.examples.slice(0, 4)) probe.step(input, tensor([1, 0.5]));
      return probe.report().estimators.frozen.cosine;
    });
    expect(other).to.be.closeTo(one, 1e-12);
  });

  it('compares with the exact gradient along the trajectory that was visited', () => {
    const own = learner(0.3);
    const probe = createProbe({ learner: own, estimators: { frozen: frozen(), rtrl: rtrl() } });
    const trajectory: unknown[] = [];
    const immediate: number[][] = [];
    for (const { input, target } of run.examples.slice(0, 10)) {
      const { parameters, state } = own;
      trajectory.push(parameters);
      const here = { ...run, parameters, state, examples: [{ input, target }] };
      immediate.push(byBackpropagation(here, [parameters]).gradients[0]);
      probe.step(input, target);
    }
    const exact = byBackpropagation({ ...run, examples: run.examples.slice(0, 10) }, trajectory).gradients;
    const { estimators, steps } = probe.report();
    expect(steps).to.equal(10);
    const [squares, products] = [exact.map((g) => dot(g, g)), exact.map((g, t) => dot(g, immediate[t]))];
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const lengths = immediate.map((g) => Math.sqrt(dot(g, g)));
    const off = exact.map((g, t) => sum(g.map((value, i) => (value - immediate[t][i]) ** 2)));
    const { cosine, normRatio, bias, squaredBias, variance, copies } = estimators.frozen;
    requireClose(
      [cosine, normRatio, bias.value, squaredBias, variance, copies],
      [
        sum(products.map((value, t) => value / lengths[t] / Math.sqrt(squares[t]))) / 10,
        sum(lengths.map((length, t) => length / Math.sqrt(squares[t]))) / 10,
        sum(products) / sum(squares) - 1,
        sum(off) / sum(squares),
        0,
        1,
      ],
      1e-10,
      'frozen',
    );
    expect([bias.low, bias.high]).to.deep.equal([bias.value, bias.value]);
    expect(cosine).to.be.below(0.999);
    requireClose(
      [
        estimators.rtrl.cosine,
        estimators.rtrl.normRatio,
        estimators.rtrl.bias.value,
        estimators.rtrl.squaredBias,
      ],
      [1, 1, 0, 0],
      1e-12,
      'rtrl',
    );
  });

  it('has intervals that hold 0 for estimators without bias, and not for one with thrice the past', () => {
    const estimators = { uoro: uoro(), kf: kfRtrl(), wrong: exaggerated(3), snap: snap({ n: 1 }) };
    const copies = size(24, 120);
    const probe = createProbe({ learner: learner(0.02), estimators, copies });
    for (const { input, target } of run.examples) probe.step(input, target);
    const found = probe.report().estimators;
    for (const name of ['uoro', 'kf']) {
      const { bias, blocks, squaredBias, variance } = found[name];
      expect([bias.low < 0, bias.high > 0, found[name].copies], name).to.deep.equal([true, true, copies]);
      expect(bias.high - bias.low, name).to.be.below(0.5);
      expect(Math.abs(squaredBias), name).to.be.below(0.2 * variance);
      expect(Object.keys(blocks)).to.deep.equal(['cell.w', 'cell.u', 'cell.b', 'readout.w', 'readout.b']);
      // The readout has no past: its gradient is exact.
      requireClose([blocks['readout.w'].noise, blocks['readout.w'].cosine], [0, 1], 1e-7, name);
      expect(blocks['cell.u'].noise).to.be.above(0.1);
    }
    expect(found.wrong.bias.low).to.be.above(0);
    expect(found.snap.squaredBias).to.be.above(1e-3);
    expect(found.kf.variance).to.be.below(found.uoro.variance);
    expect(found.uoro.cosine).to.be.below(found.kf.cosine);
    expect([found.uoro.declared, found.snap.declared]).to.deep.equal(['none', 'truncated']);
    expect(found.snap.cost?.memory).to.be.above(0);
  });

  it('measures staleness: none if the parameters stay, more at a higher rate', () => {
    const staleness = [0, 0.1, 0.6].map((rate) => {
      const probe = createProbe({ learner: learner(rate), estimators: { rtrl: rtrl() }, replay: 8 });
      for (const { input, target } of run.examples.slice(0, 8)) probe.step(input, target);
      return probe.report().staleness;
    });
    expect(staleness.map((own) => [own?.window, own?.replays])).to.deep.equal([8, 8, 8].map((n) => [n, 1]));
    const [still, slow, fast] = staleness.map((own) => own?.cosine ?? 0);
    expect(still).to.be.closeTo(1, 1e-12);
    expect(slow).to.be.within(fast, 1 - 1e-9);
    expect(fast).to.be.below(0.999);
  });

  const ofTwoLanes = (estimator: Estimator, eager = false) =>
    createLearner({
      model: net,
      loss: meanSquare,
      estimator,
      optimizer: sgd({ rate: 0.1 }),
      dtype: 'float64',
      lanes: 2,
      eager,
    });

  it('follows several lanes', () => {
    const probe = createProbe({
      learner: ofTwoLanes(uoro()),
      estimators: { rtrl: rtrl(), uoro: uoro() },
      copies: 2,
      replay: 3,
    });
    const noise = seeded(2);
    for (let t = 0; t < 5; t++) probe.step(noise.normal([2, 2]), noise.normal([2, 1]));
    const { estimators, staleness } = probe.report();
    expect(estimators.rtrl.cosine).to.be.closeTo(1, 1e-12);
    expect(estimators.uoro.cosine).to.be.within(0, 1);
    expect(staleness?.cosine).to.be.within(0.5, 1);
  });

  it('compares lanes with one influence each and with one for all', () => {
    const cell = lstm({ inputs: 2, units: 2 });
    const [x, y] = [seeded(1), seeded(2)];
    const examples = Array.from({ length: 4 }, () => ({ input: x.normal([2, 2]), target: y.normal([2, 2]) }));
    const cosines = (estimator: Estimator, steps: number) => {
      const own = createLearner({
        model: cell,
        loss: meanSquare,
        estimator,
        optimizer: sgd({ rate: 0 }),
        dtype: 'float64',
        lanes: 2,
        parameters: cell.init(seeded(5)),
        state: { h: tensor([0.1, -0.2]), c: tensor([0.3, 0.4]) },
        eager: true,
      });
      const probe = createProbe({
        learner: own,
        estimators: { frozen: frozen(), joint: uoro({ lanes: 'joint' }) },
        copies: 2,
        replay: 4,
      });
      for (const { input, target } of examples.slice(0, steps)) probe.step(input, target);
      const { estimators, staleness } = probe.report();
      return [estimators.frozen.cosine, estimators.joint.cosine, staleness?.cosine ?? 0];
    };
    // At the first step nothing is carried yet.
    expect(cosines(rtrl(), 1)[1]).to.be.closeTo(1, 1e-12);
    const [one, other] = [rtrl(), uoro({ lanes: 'joint' })].map((own) => cosines(own as Estimator, 4));
    requireClose([other[0], one[2], other[2]], [one[0], 1, 1], 1e-12, 'of both learners');
  });

  it('reports the same of several lanes eagerly and by plans, also after a reset that keeps what was learnt', () => {
    const [planned, eager] = [false, true].map((eager) => {
      const probe = createProbe({
        learner: ofTwoLanes(dni(), eager),
        estimators: { dni: dni() },
        replay: 2,
      });
      const noise = seeded(2);
      for (let t = 0; t < 9; t++) {
        if (t === 4) probe.resetState();
        probe.step(noise.normal([2, 2]), noise.normal([2, 1]));
      }
      const { estimators, staleness } = probe.report();
      return [estimators.dni.cosine, estimators.dni.normRatio, staleness?.cosine, staleness?.normRatio];
    });
    for (const [i, figure] of planned.entries()) expect(figure).to.be.closeTo(eager[i] ?? Number.NaN, 1e-9);
  });

  it('computes a step again where a masked branch is singular, from points that the learner has left', () => {
    const masked: Cell<{ w: Tensor; u: Tensor }, Tensor, Tensor> = {
      name: 'masked',
      outputs: 2,
      init: (noise) => ({ w: noise.uniform([2]), u: noise.normal([2, 2]) }),
      start: () => zeros([2], { dtype: 'float64' }),
      step({ w, u }, state, x) {
        const root = where(greater(x, 0), sqrt(mul(x, exp(w))), 0);
        const next = tanh(add(matmul(u, state), root));
        return { state: next, output: next };
      },
    };
    const own = createLearner({
      model: masked,
      loss: meanSquare,
      estimator: rtrl(),
      optimizer: sgd({ rate: 0.1 }),
      dtype: 'float64',
    });
    // A window that is longer than the run, with its steps at the parameters of their time, is exact.
    const probe = createProbe({
      learner: own,
      estimators: { all: tbptt({ window: 64, stride: 1 }), uoro: uoro() },
      copies: 2,
    });
    const noise = seeded(7);
    for (let t = 0; t < 21; t++)
      probe.step(
        t === 5 || t === 13 ? zeros([2], { dtype: 'float64' }) : noise.uniform([2]),
        noise.normal([2]),
      );
    const { estimators, steps } = probe.report();
    expect([steps, estimators.all.stopped, estimators.uoro.stopped]).to.deep.equal([
      21,
      undefined,
      undefined,
    ]);
    requireClose(
      [estimators.all.cosine, estimators.all.normRatio, estimators.all.squaredBias],
      [1, 1, 0],
      1e-12,
      'all',
    );
    expect(estimators.uoro.cosine).to.be.within(0.3, 1);
  });

  it('stops an estimator whose numbers are not finite, keeps what it found before, and continues with the others', () => {
    const estimators = { broken: exaggerated(1e200), frozen: frozen() };
    const probe = createProbe({ learner: learner(0.1), estimators, copies: 1 });
    const other = createProbe({ learner: learner(0.1), estimators: { frozen: frozen() }, copies: 1 });
    for (const { input, target } of run.examples.slice(0, 10)) {
      probe.step(input, target);
      other.step(input, target);
    }
    const { broken, frozen: own } = probe.report().estimators;
    expect(broken.stopped).to.match(
      /^step 2: the estimate of the gradient is too large for float64; call resetState/,
    );
    // The first gradient has no past.
    expect(broken.cosine).to.be.closeTo(1, 1e-12);
    const alone = other.report().estimators.frozen;
    expect([own.cosine, own.squaredBias, own.stopped]).to.deep.equal([
      alone.cosine,
      alone.squaredBias,
      undefined,
    ]);
  });

  it('says what it refuses', () => {
    const own = learner(0.1);
    expect(() => createProbe({ learner: own, estimators: { tb: tbptt({ window: 4 }) } })).to.throw(
      ConfigurationError,
      'createProbe: tb has an estimate only every 4 steps',
    );
    expect(() => createProbe({ learner: own, estimators: {} })).to.throw(
      ConfigurationError,
      'createProbe: estimators must be a record of estimators by name, such as { uoro: uoro() }, got a record; it has no entry',
    );
    expect(() => createProbe({ learner: {} as never, estimators: { uoro: uoro() } })).to.throw(
      ConfigurationError,
      'learner must be a learner of createLearner',
    );
    const probe = createProbe({ learner: own, estimators: { uoro: uoro() } });
    expect(() => probe.report()).to.throw(ConfigurationError, 'nothing to report before the first step');
    expect(() => probe.step(tensor([1, 2, 3]), tensor([1]))).to.throw(Error, /input|matmul/);
    const { input, target } = run.examples[0];
    probe.step(input, target);
    expect(probe.report().steps).to.equal(1);
  });
});
