import { expect } from 'chai';
import { createModel } from '../../../cli/stream/index.ts';
import { summaryOf } from '../../../cli/stream/run/summary.ts';
import { betterOf } from '../../../trainers/evaluation/better.ts';
import { draws } from '../../support/draws.ts';

const of = (mean: number, recent: number) => ({ mean, recent });

describe('trainers/evaluation: predictions that beat that which is served', () => {
  it('is the best of the simple models over the recent predictions, where it is visibly ahead', () => {
    const figures = { network: of(0.3, 0.41), persistence: of(0.9, 0.34), mean: of(0.1, 0.4) };
    expect(betterOf('squared error', figures)).to.deep.equal({
      name: 'persistence',
      recent: 0.34,
      served: 0.41,
    });
    for (const [unit, network, recent] of [
      ['squared error', 0.34, 0.34],
      ['squared error', 0.34004, 0.34],
      ['squared error', 0.2, 0.34],
      ['squared error', 1.62004e5, 1.62e5],
      ['bits', 2.0002, 2],
      // Less than 0.5 % says nothing.
      ['bits', 2.009, 2],
    ] as const)
      expect(betterOf(unit, { network: of(9, network), persistence: of(0, recent) }), `${network}`).to.equal(
        undefined,
      );
    expect(betterOf('bits', { network: of(2, 2.012), 'order-2 model': of(2, 2) })).to.have.property(
      'name',
      'order-2 model',
    );
    expect(betterOf('bits', { network: of(2, 2) })).to.equal(undefined);
  });

  it('is in the report and in the summary, and is left out of both where there is none', () => {
    const next = draws(3);
    const noise = Array.from({ length: 300 }, () => ({ y: next() }));
    const beaten = createModel({
      target: 'y',
      experts: ['network', 'mean'],
      predict: 'change',
      units: 2,
      optimizer: 'sgd',
      rate: 1e-9,
    });
    beaten.partialFit(noise);
    const report = beaten.report();
    const { name, recent, served } = report.better ?? {};
    expect([name, recent, served]).to.deep.equal([
      'mean',
      report.figures.mean.recent,
      report.figures.combination.recent,
    ]);
    const position = { records: 300, skipped: 0, digest: 0 };
    expect(summaryOf('runs/a', position, report, beaten.config)).to.match(
      /\n\nmean is better here: 0\.\d+ against 0\.\d+ \(RMSE, last 299 predictions\)\n\n/,
    );

    // A network that has learnt is ahead: there is nothing to be said.
    const learning = createModel({ target: 'y', units: 4, rate: 0.02 });
    learning.partialFit(
      Array.from({ length: 600 }, (_, i) => ({ y: Math.sin(i / 2) + Math.sin(i / 2) ** 3 })),
    );
    const silent = learning.report();
    expect(silent.figures.network.mean).to.be.below(silent.figures.persistence.mean / 2);
    expect(Object.hasOwn(silent, 'better')).to.equal(
      silent.figures.combination.recent > silent.figures.lags.recent,
    );
    const { better: _, ...without } = report;
    expect(summaryOf('runs/a', position, without, beaten.config)).not.to.include('is better');
  });
});
