import { expect } from 'chai';
import { probeTable } from '../../../cli/report/probeReport.ts';
import type { ProbeReport } from '../../../trainers/index.ts';

describe('cli/report: the table of a probe', () => {
  it('has a cosine of 1 for the exact direction alone, up to rounding', () => {
    const bias = { value: 0, low: 0, high: 0 };
    const of = (cosine: number) => ({
      declared: 'none',
      cosine,
      normRatio: 1,
      bias,
      variance: 0,
      microseconds: 1,
    });
    const cosines = {
      exact: 1,
      rounded: 1 - 1e-8,
      near: 0.99951,
      nearer: 0.99999,
      far: 0.87654,
      none: Number.NaN,
    };
    const estimators = Object.fromEntries(Object.entries(cosines).map(([name, own]) => [name, of(own)]));
    const { rows } = probeTable({ estimators } as unknown as ProbeReport);
    expect(rows.map(([, , cosine]) => cosine)).to.deep.equal(['1', '1', '0.9995', '> 0.9999', '0.877', '–']);
  });
});
