import { expect } from 'chai';
import { delayedSum } from '../../../trainers/tasks/index.ts';
import { take } from './reading.ts';

describe('delayedSum', () => {
  it('shows 1 with the chance of the two coins', () => {
    const examples = take(delayedSum({ first: 2, second: 5, seed: 3 }), 40_000);
    const shares = new Map<string, { ones: number; all: number }>();
    for (let t = 5; t < examples.length; t++) {
      const key = `${examples[t - 2].input}${examples[t - 5].input}`;
      const share = shares.get(key) ?? { ones: 0, all: 0 };
      share.ones += examples[t].target;
      share.all++;
      shares.set(key, share);
    }
    const chances = { '00': 0.5, '01': 0.25, '10': 1, '11': 0.75 };
    for (const [key, chance] of Object.entries(chances)) {
      const { ones, all } = shares.get(key) ?? { ones: 0, all: 0 };
      // Five standard deviations of a share.
      expect(ones / all, key).to.be.closeTo(chance, 5 * Math.sqrt((chance * (1 - chance)) / all));
    }
  });

  it('knows its losses: of both coins, the first one, and neither', () => {
    const { entropyRate, firstOnlyRate, memorylessRate } = delayedSum();
    // In nats, 0.4544, 0.5192 and 0.6616.
    expect(entropyRate * Math.LN2).to.be.closeTo(0.4544, 1e-4);
    expect(firstOnlyRate * Math.LN2).to.be.closeTo(0.5192, 1e-4);
    expect(memorylessRate * Math.LN2).to.be.closeTo(0.6616, 1e-4);
    // One coin twice: a step up of 1/4.
    const once = delayedSum({ first: 4, second: 4 });
    expect(once.firstOnlyRate).to.equal(once.entropyRate);
    expect(once.entropyRate).to.be.closeTo((1 + 0.8112781) / 2, 1e-6);
  });

  it('meters the entropy of a sample, whose mean is the entropy rate', () => {
    const task = delayedSum({ first: 1, second: 0, seed: 2 });
    const bits = task.surprisal();
    const targets = take(task, 20_000).map(({ target }) => target);
    const mean = targets.reduce((sum, target) => sum + bits(target), 0) / targets.length;
    expect(mean).to.be.closeTo(task.entropyRate, 0.02);
  });
});
