import { expect } from 'chai';
import { tensor } from '../../../lib/index.ts';
import { cellTable } from '../../../trainers/registry/cells.ts';
import type { RowData, StreamConfig, SymbolData } from '../../../trainers/streams/given/config.ts';
import { makeLearner } from '../../../trainers/streams/sessions/network.ts';

const text: SymbolData = { kind: 'text', unit: 'byte', symbols: 256 };
const rows: RowData = {
  kind: 'csv',
  delimiter: ',',
  columns: ['a', 'b'],
  categorical: ['b'],
  target: 'a',
  horizon: 1,
  categories: 3,
};

describe('trainers/streams: networks', () => {
  for (const name of Object.keys(cellTable))
    it(`${name}, which the help names, learns from texts and from rows`, () => {
      const learnerFor = (data: SymbolData | RowData) =>
        makeLearner(
          {
            data,
            cell: { name, units: 3 },
            estimator: { name: 'uoro' },
            optimizer: { name: 'adam', rate: 0.03, alpha: 0 },
            dtype: 'float64',
            seed: 1,
            recent: 10,
            every: 10,
          } satisfies StreamConfig,
          undefined,
        );
      const ofText = learnerFor(text);
      const ofRows = learnerFor(rows);
      const row = tensor([0.5, 0, 0, 1, 0]);
      const steps = Array.from({ length: 60 }, () => [
        ofText.step(65, 66).loss,
        ofRows.step(row, tensor([0.25])).loss,
      ]);
      for (const kind of [0, 1]) expect(steps[59][kind]).to.be.below(steps[0][kind] / 2);
    });
});
