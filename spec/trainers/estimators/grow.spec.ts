import { expect } from 'chai';
import { mul } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  NonFiniteError,
  readSafetensorsMetadata,
  type Tensor,
  tensor,
} from '../../../lib/index.ts';
import { crossEntropy, linear, model, rnn } from '../../../nn/index.ts';
import { lengthsAt } from '../../../trainers/estimators/rule/estimator.ts';
import { createLearner, grow, restoreLearner, rmsprop, tbptt } from '../../../trainers/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';

/** A learner whose window has 1 step 16 times, then 2 steps 32 times, then 4, and its traces of the model. */
function growing(eager = false) {
  const plain = model({ cell: rnn({ inputs: 5, units: 4 }), readout: linear({ outputs: 5 }) });
  let traces = 0;
  const counted: typeof plain = {
    ...plain,
    step(...given) {
      traces++;
      return plain.step(...given);
    },
  };
  const config = {
    model: counted,
    loss: crossEntropy,
    estimator: tbptt({ window: grow(1, 4) }),
    optimizer: rmsprop({ rate: 0.02, span: 64 }),
    seed: 2,
    eager,
  };
  return { config, learner: createLearner(config), traces: () => traces };
}

const symbol = (t: number) => (7 * t + ((t * t) >> 2)) % 5;
const updates = (save: () => Uint8Array): number =>
  JSON.parse(readSafetensorsMetadata(save()).learner).memory.updates;

describe('a window that grows', () => {
  it('doubles after 16 updates for each of its steps, and ends at its length', () => {
    const { windowAt = () => 0 } = tbptt({ window: grow(3, 16) });
    const lengths = Array.from({ length: 400 }, (_, k) => windowAt(k));
    const counts = [3, 6, 12, 16].map((length) => lengths.filter((own) => own === length).length);
    expect(counts).to.deep.equal([48, 96, 192, 64]);
    expect(lengths).to.deep.equal([...lengths].sort((a, b) => a - b));
    expect(lengthsAt(tbptt({ window: grow(1, 2 ** 16) }), { updates: 2 ** 52 }).window).to.equal(2 ** 16);
  });

  it('has an update for each window, and a plan for each length', () => {
    const { learner } = growing();
    const seen: number[] = [];
    for (let t = 0; t < 100; t++) {
      learner.step(symbol(t), symbol(t + 1));
      if ([15, 17, 79, 83].includes(t)) seen.push(updates(() => learner.save()));
    }
    expect(seen).to.deep.equal([16, 17, 48, 49]);
    const { learner: unseen, traces: own } = growing();
    const before = own();
    for (let t = 0; t < 400; t++) unseen.step(symbol(t), symbol(t + 1));
    // Without looks, each length is traced once, and the kinds of plain numbers are found.
    expect(own() - before).to.be.at.most(1 + 2 + 4 + 8);
  });

  it('resumes after the gradient is read anywhere in a window, also in the first of its length', () => {
    const undisturbed = growing().learner;
    const losses = Array.from({ length: 110 }, (_, t) => undisturbed.step(symbol(t), symbol(t + 1)).loss);
    for (let look = 76; look < 100; look += size(5, 1)) {
      const { learner } = growing();
      for (const [t, loss] of losses.entries()) {
        expect(learner.step(symbol(t), symbol(t + 1)).loss, `looked after step ${look}`).to.equal(loss);
        if (t === look) expect(learner.gradient.cell.u.shape).to.deep.equal([4, 4]);
      }
    }
  });

  it('learns in plans what it learns without them', () => {
    const [plan, eager] = [growing().learner, growing(true).learner];
    for (let t = 0; t < 120; t++)
      requireClose(
        [plan.step(symbol(t), symbol(t + 1)).loss],
        [eager.step(symbol(t), symbol(t + 1)).loss],
        1e-4,
        `loss ${t}`,
      );
    requireClose(numbersOf(plan.gradient), numbersOf(eager.gradient), 1e-3, 'gradient');
  });

  for (const eager of [false, true])
    it(`resumes bit for bit wherever it was saved${eager ? ', without plans too' : ''}`, () => {
      const { config, learner } = growing(eager);
      const saved = new Map<number, Uint8Array>();
      for (let t = 0; t < 100; t++) {
        if (size([3, 17, 80, 83], [3, 16, 17, 18, 63, 79, 80, 81, 83, 90]).includes(t))
          saved.set(t, learner.save());
        if (t % 7 === 3) learner.observe(symbol(t));
        else learner.step(symbol(t), symbol(t + 1));
      }
      for (const [from, bytes] of saved) {
        const resumed = restoreLearner(config, bytes);
        for (let t = from; t < 100; t++)
          if (t % 7 === 3) resumed.observe(symbol(t));
          else resumed.step(symbol(t), symbol(t + 1));
        expect(Buffer.compare(resumed.save(), learner.save()), `from ${from}`).to.equal(0);
      }
    });

  it('returns to before a step that fails, across a change of its length', () => {
    const { config } = growing();
    const loss = (output: Tensor, target: number | Tensor) => mul(crossEntropy(output, 1), target);
    const [one, twin] = [createLearner({ ...config, loss }), createLearner({ ...config, loss })];
    const [finite, infinite] = [1, Number.POSITIVE_INFINITY].map((value) => tensor(value));
    for (let t = 0; t < 100; t++) {
      if ([16, 17, 80, 82, 99].includes(t))
        expect(() => twin.step(symbol(t), infinite)).to.throw(NonFiniteError);
      for (const own of [one, twin]) own.step(symbol(t), finite);
    }
    expect(Buffer.compare(twin.save(), one.save())).to.equal(0);
  });

  it('is told in the settings, and refused with another stride or from beyond its length', () => {
    const { settings } = tbptt({ window: grow(4, 16) });
    expect(settings).to.deep.equal({ window: 16, stride: 16, windowFrom: 4 });
    expect(tbptt({ window: 16, stride: 16, windowFrom: 4 }).settings).to.deep.equal(settings);
    expect(tbptt({ window: grow(16, 16) }).settings).to.deep.equal({ window: 16, stride: 16 });
    for (const [make, message] of [
      [() => grow(5, 4), 'grow: from must be at most 4, got 5'],
      [() => grow(0, 4), 'grow: from must be a whole number'],
      [() => tbptt({ window: 4, windowFrom: 5 }), 'tbptt: windowFrom must be at most 4, got 5'],
      [() => tbptt({ window: grow(2, 4), stride: 2 }), 'leave out the stride of 2'],
      [() => tbptt({ window: grow(2, 4), windowFrom: 2 }), 'either grow(from, to) or windowFrom'],
      [() => tbptt({ window: { from: 4, to: 2 } }), 'grow: from must be at most 2'],
      ...[{}, { from: 2 }, { to: 4 }, null].map(
        (window) =>
          [
            () => tbptt({ window: window as never }),
            'tbptt: window must be a whole number from 1 to 65536, or grow(4, 16)',
          ] as const,
      ),
    ] as const)
      expect(make).to.throw(ConfigurationError, message);
  });
});
