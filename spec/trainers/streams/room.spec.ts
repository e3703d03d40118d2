import { expect } from 'chai';
import { decodeCheckpoint, encodeCheckpoint } from '../../../cli/stream/checkpoint/checkpoint.ts';
import { createModel, createTextModel } from '../../../cli/stream/index.ts';
import { ConfigurationError, DataError } from '../../../lib/index.ts';
import type { RowData, StreamConfig, SymbolData } from '../../../trainers/streams/given/config.ts';
import { requireRoom } from '../../../trainers/streams/room.ts';
import { characters, checkpointAfter, rows, tiny } from '../../cli/sessions.ts';

const names = (count: number) => Array.from({ length: count }, (_, i) => `c${i}`);
const wide = (columns: number, categories: number, more: Partial<RowData> = {}): RowData => {
  return { ...rows, columns: names(columns), categorical: names(columns), target: 'c0', categories, ...more };
};
const of = (data: RowData | SymbolData, units: number, more: Partial<StreamConfig> = {}): StreamConfig => {
  return { ...tiny, data, cell: { name: 'gru', units }, ...more };
};
const [rtrl, uoro] = [{ name: 'rtrl' }, { name: 'uoro', window: 1, rank: 1 }];

describe('trainers/streams: sizes that are impossible together', () => {
  it('are refused in MiB, with what to reduce, before anything is allocated', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (const [config, says] of [
      [
        of(wide(3000, 4096), 32),
        /^12,288,000 inputs and 32 units of gru take [\d,]+ MiB with tbptt and adam, and 2,048 MiB is the most: reduce --columns or --categories \(4096 for each of 3000 columns\) or --units$/,
      ],
      [
        of({ ...rows, columns: names(4096), categorical: [] }, 4096, { dtype: 'float64', estimator: uoro }),
        /: reduce --columns or --units$/,
      ],
      [
        of({ ...characters, symbols: 4096 }, 4096, { dtype: 'float64', estimator: uoro }),
        /^4,096 inputs and 4,096 units of gru take .*: reduce --units$/,
      ],
      [
        of(characters, 1000, { estimator: rtrl }),
        /with rtrl and adam.*: reduce --units, or choose an --estimator that carries less, such as tbptt$/,
      ],
      [
        of(characters, 2000, { estimator: { name: 'snap', n: 2 } }),
        /with snap and adam.*an --estimator that carries less/,
      ],
      [
        of(characters, 4096, {
          cell: { name: 'lstm', units: 4096 },
          estimator: { name: 'uoro', window: 1, rank: 64 },
        }),
        /of lstm take/,
      ],
      [
        of(characters, 4096, { dtype: 'float64', estimator: { name: 'tbptt', window: 65_536, stride: 1 } }),
        /of gru take .* with tbptt/,
      ],
      [
        of(wide(2000, 4096), 1),
        /^2,000 columns, 8,192,000 categories and 1 rows that wait .* take \d+ MiB in a checkpoint .*: reduce --columns or --categories$|inputs and 1 units/,
      ],
      [
        of({ ...rows, columns: names(4096), categorical: [], horizon: 1000, delay: 1000 }, 2),
        /^4,096 columns, 0 categories and 2,000 rows that wait .* 96 MiB is the most: reduce --horizon, --delay, --columns or --categories$/,
      ],
      [
        of(rows, 2, { recent: 1e6 }),
        /^the last 1,000,000 scores and what else .* take 4\d\d MiB in it, and 96 MiB is the most: reduce --recent$/,
      ],
      [
        of(characters, 2, { recent: 1e6 }),
        /^the last 1,000,000 scores .* take 27\d MiB in it.*: reduce --recent$/,
      ],
      [
        of({ ...characters, symbols: 4096 }, 2, { recent: 8e5 }),
        /^the last 800,000 scores .* MiB in it, and 96 MiB is the most: reduce --recent$/,
      ],
      [
        of({ ...rows, horizon: 1000, delay: 1000, columns: names(1000), categorical: [] }, 2, {
          recent: 2e5,
        }),
        /^the last 200,000 scores .*: reduce --recent$/,
      ],
      [
        of({ ...rows, horizon: 1000, delay: 1000, columns: names(1700), categorical: [] }, 2, {
          recent: 1e5,
        }),
        /^1,700 columns, .*: reduce --horizon, --delay, --columns or --categories$/,
      ],
    ] as const)
      expect(() => requireRoom(config), JSON.stringify(config).slice(0, 90)).to.throw(
        ConfigurationError,
        says,
      );
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(2 ** 24);
  });

  it('are taken where they fit: each alone at its end, and exact influence of independent units', () => {
    for (const config of [
      of({ ...characters, symbols: 4096 }, 4096),
      of(wide(1, 4096), 64),
      of({ ...rows, columns: names(4096), categorical: [] }, 64, { estimator: uoro }),
      of(characters, 256, { estimator: rtrl }),
      of(characters, 4096, { estimator: rtrl, cell: { name: 'lru', units: 4096 } }),
      of(characters, 4096, { estimator: rtrl, cell: { name: 'indrnn', units: 4096 } }),
      of({ ...rows, horizon: 1000, delay: 1000 }, 64),
      of(rows, 64, { recent: 2e5 }),
      of(characters, 64, { recent: 3e5 }),
    ])
      expect(() => requireRoom(config), JSON.stringify(config).slice(0, 90)).not.to.throw();
  });

  it('are the same from the API and in a checkpoint that no run wrote', () => {
    const columns = names(3000);
    expect(() => createModel({ target: 'c0', columns, categorical: columns, categories: 4096 })).to.throw(
      ConfigurationError,
      '2,048 MiB is the most',
    );
    expect(() =>
      createTextModel({ unit: 'word', symbols: 4096, units: 4096, optimizer: 'adam', dtype: 'float64' }),
    ).to.throw(ConfigurationError, 'MiB is the most');
    const { session, ...stream } = checkpointAfter(
      [
        [1, 'x'],
        [2, 'y'],
      ],
      { ...tiny, data: rows },
    );
    for (const config of [
      { ...stream.config, cell: { name: 'gru', units: 2 ** 40 } },
      { ...stream.config, data: { ...rows, columns, categorical: columns, target: 'c0', categories: 4096 } },
      { ...stream.config, cell: { name: 'gru', units: 4096 }, estimator: rtrl },
    ])
      expect(() => decodeCheckpoint(encodeCheckpoint({ ...stream, config, session }))).to.throw(
        DataError,
        'it cannot be read: ',
      );
  });
});
