import { expect } from 'chai';
import type { Tensor } from '../../../lib/index.ts';
import { mimic } from '../../../trainers/tasks/index.ts';
import { take } from './reading.ts';

const numbers = (value: Tensor) => value.toArray() as number[];

describe('mimic', () => {
  it('answers coins with the outputs of one network that remembers them', () => {
    const task = mimic({ inputs: 3, hidden: 4, outputs: 2, seed: 7 });
    const examples = take(task, 3000);
    for (const { input, target } of examples) {
      expect(numbers(input).every((x) => x === 0 || x === 1)).to.equal(true);
      expect(target.shape).to.deep.equal([2]);
    }
    // The same coins after different pasts have different answers, by a part that fades with the common past.
    const byPast = (length: number) => {
      const groups = new Map<string, number[]>();
      for (let t = length; t < examples.length; t++) {
        const past = examples.slice(t - length, t + 1).map(({ input }) => numbers(input).join(''));
        groups.set(past.join(), [...(groups.get(past.join()) ?? []), numbers(examples[t].target)[0]]);
      }
      const spans = [...groups.values()]
        .filter(({ length }) => length > 1)
        .map((own) => Math.max(...own) - Math.min(...own));
      return spans.reduce((sum, span) => sum + span, 0) / spans.length;
    };
    expect(byPast(0)).to.be.above(1.1 * byPast(1));
    expect(byPast(1)).to.be.above(0);
  });

  it('tells the error of the best constant', () => {
    const task = mimic({ seed: 3 });
    const targets = take(task, 10_000).map(({ target }) => numbers(target));
    const errors = [0, 1].map((i) => {
      const mean = targets.reduce((sum, y) => sum + y[i], 0) / targets.length;
      return targets.reduce((sum, y) => sum + (y[i] - mean) ** 2, 0) / targets.length;
    });
    expect(task.meanSquare.constant).to.be.closeTo((errors[0] + errors[1]) / 2, 1e-9);
  });

  it('has stable draws across versions', () => {
    const [{ input, target }] = take(mimic({ seed: 1 }), 1);
    expect(numbers(input)).to.deep.equal([1, 0, 0, 1]);
    expect(numbers(target).map((y) => Number(y.toFixed(6)))).to.deep.equal([-0.352631, 0.663649]);
  });
});
