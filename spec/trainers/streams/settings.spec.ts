import { expect } from 'chai';
import { readData } from '../../../cli/stream/input/readData.ts';
import { ConfigurationError, DataError, UsageError } from '../../../lib/index.ts';
import { checkConfig } from '../../../trainers/streams/checkConfig.ts';
import type { RowData, StreamConfig, SymbolData } from '../../../trainers/streams/given/config.ts';
import { textCell } from '../../../trainers/streams/sessions/textNetwork.ts';
import { completeConfig } from '../../../trainers/streams/settings.ts';
import { openSession, restored } from '../../../trainers/streams/snapshot.ts';
import { bytesOf, sourceOf } from '../../cli/learning.ts';
import { characters, rows, tiny } from '../../cli/sessions.ts';

describe('trainers/streams: settings', () => {
  const text: StreamConfig = { ...tiny, data: characters };
  const table: StreamConfig = { ...tiny, data: { ...rows, timestamp: 't', delay: 2 } };

  it('may be anything within their range, the ends among them', () => {
    const good: readonly StreamConfig[] = [
      text,
      table,
      { ...text, cell: { name: 'gru', units: 1 }, seed: 0, recent: 1, every: 1, dtype: 'float64' },
      { ...text, cell: { name: 'gru', units: 4096 }, seed: 2 ** 32 - 1, recent: 300_000, every: 1e12 },
      { ...text, data: { kind: 'text', unit: 'byte', symbols: 256 } },
      { ...text, data: { kind: 'text', unit: 'word', symbols: 2 } },
      { ...text, data: { ...characters, symbols: 4096 } },
      { ...text, data: { ...characters, alphabet: 'ab🐻🐼' } },
      {
        ...table,
        data: { ...rows, kind: 'ndjson', delimiter: ';', horizon: 1000, delay: 1000, categories: 2 },
      },
      { ...table, data: { ...rows, delimiter: '\t', horizon: 0, delay: 1, categories: 4096 } },
      { ...table, data: { ...rows, target: 'y', categorical: ['y', 'a', 'k'], horizon: 0, delay: 0 } },
      {
        ...table,
        data: { ...rows, columns: Array.from({ length: 4096 }, (_, i) => `c${i}`), categorical: [] },
      },
    ];
    for (const each of good)
      expect(() => checkConfig(each), JSON.stringify(each).slice(0, 200)).not.to.throw();
  });

  it('have the options of the cell that they name, and of no other', () => {
    const { cell } = completeConfig(characters, { cell: 'lstm', forgetOffset: 2 });
    expect(cell).to.deep.equal({ ...textCell, units: 64, forgetOffset: 2 });
    expect(() => completeConfig(characters, { cell: 'gru', forgetOffset: 2 })).to.throw(
      UsageError,
      'the cell gru has no setting forgetOffset; it has units',
    );
  });

  it('are refused otherwise, by their names', () => {
    const whole = (name: string, least: number, most: number, value: unknown) =>
      `${name} must be a whole number from ${least} to ${most}, got ${String(value)}`;
    const refuse = (config: object, says: string) =>
      expect(() => checkConfig(config as StreamConfig)).to.throw(ConfigurationError, says);
    for (const value of [0, 4097, 1.5, Number.NaN, '3', undefined])
      refuse({ ...text, cell: { name: 'gru', units: value } }, whole('units', 1, 4096, value));
    for (const [name, least, most] of [
      ['seed', 0, 2 ** 32 - 1],
      ['recent', 1, 1e6],
      ['every', 1, 1e12],
    ] as const)
      for (const value of [least - 1, most + 1, least + 0.5, null])
        refuse({ ...text, [name]: value }, whole(name, least, most, value));
    refuse({ ...text, readout: 'tanh' }, 'readout must be linear or mlp, got tanh');
    refuse({ ...text, dtype: 'float16' }, 'dtype must be float32 or float64, got float16');
    const ofExperts = (experts: unknown, says: string) => refuse({ ...table, experts }, says);
    for (const experts of [[], 'linear', [3]])
      ofExperts(experts, 'experts must be a list of names, such as persistence, linear, network');
    ofExperts(['mean', 'mean'], '--experts has a name more than once');
    const ofText = (part: Partial<Record<keyof SymbolData, unknown>>, says: string) =>
      refuse({ ...text, data: { ...characters, ...part } }, says);
    ofText({ unit: 'line' }, 'unit must be byte, character or word, got line');
    for (const unit of ['byte', 'word'])
      ofText({ unit, alphabet: 'abcd' }, 'an alphabet is one of characters: add --unit character');
    for (const symbols of [1, 4097, 2.5]) ofText({ symbols }, whole('symbols', 2, 4096, symbols));
    ofText({ alphabet: 'ab🐻a' }, 'the alphabet has a character more than once');
    const ofRows = (part: Partial<Record<keyof RowData, unknown>>, says: string) =>
      refuse({ ...table, data: { ...table.data, ...part } }, says);
    ofRows({ kind: 'xml' }, 'format must be text, csv or ndjson, got xml');
    for (const delimiter of ['', ',,', '"', '\r', '\n', undefined, [',']])
      ofRows(
        { delimiter },
        `delimiter must be one character, such as , or ; or a tab, got ${JSON.stringify(delimiter)}`,
      );
    for (const season of [[], [1], [7.5], [7, 7, 7, 7], '7', [20_000]])
      ofRows({ season }, 'season must be a list of at most 3 whole numbers from 2 to 10000');
    const names = 'columns and categorical must be lists of names, and the target a name';
    for (const part of [
      { columns: 'a' },
      { columns: ['a', 1] },
      { categorical: { k: 1 } },
      { categorical: [null] },
      { target: 1 },
    ])
      ofRows(part, names);
    for (const [name, least, most] of [
      ['horizon', 0, 1000],
      ['delay', 0, 1000],
      ['categories', 2, 4096],
    ] as const)
      for (const value of [least - 1, most + 1, least + 0.5])
        ofRows({ [name]: value }, whole(name, least, most, value));
    ofRows({ predict: 'difference' }, 'predict must be value or change or residual, got difference');
    ofRows(
      { predict: 'change', target: 'k' },
      'the target k is a category, which has no change: leave out --predict',
    );
    ofRows({ columns: [] }, 'the network needs one column at least: name it with --columns');
    ofRows(
      { columns: Array.from({ length: 4097 }, (_, i) => `c${i}`) },
      'there are 4097 columns, and 4096 is the most: leave some out with --ignore',
    );
    ofRows({ columns: ['a', 'k', 'a'] }, '--columns has a column more than once');
    const seen = 'with a horizon of 0, the network would see its target a: name other columns with --columns';
    ofRows({ horizon: 0, delay: 0 }, seen);
    ofRows({ horizon: 0, delay: undefined }, seen);
    for (const timestamp of ['a', 'k'])
      ofRows(
        { timestamp },
        `--timestamp names ${timestamp}, which is one of the columns or the target: times are inputs by themselves`,
      );
    ofRows({ target: 'y', timestamp: 'y' }, '--timestamp names y, which is one of the columns or the target');
    ofRows(
      { categorical: ['k', 'z'] },
      '--categorical names z, which is neither one of the columns nor the target',
    );
  });

  it('are completed with the defaults of the command', () => {
    expect(completeConfig(characters, {})).to.deep.equal({
      data: characters,
      experts: ['network', 'counts', 'match'],
      cell: { name: 'lstm', coupled: true, norm: 'rms', recurrent: 'zero', units: 64 },
      readout: 'linear',
      estimator: { name: 'tbptt', window: 16, stride: 16, windowFrom: 4 },
      optimizer: {
        name: 'rmsprop',
        rate: 0.018,
        alpha: 2.5e-5,
        schedule: 'sqrtDecay',
        floor: 0.0054,
        span: 2048,
        epsilon: 1e-8,
        rates:
          'cell.forget.w=0.0175,cell.forget.u=0.05,cell.candidate.w=0.003,cell.candidate.u=0.00175,cell.output.w=0.0225,cell.output.u=0.0125,' +
          'cell.forget.g=0.001,cell.forget.b=0.011,cell.candidate.g=0.001,cell.candidate.b=0.011,cell.output.g=0.001,cell.output.b=0.011',
      },
      dtype: 'float32',
      seed: 1,
      recent: 1000,
      every: 1000,
    });
    expect(completeConfig(rows, {})).to.deep.equal({
      data: { ...rows, predict: 'residual' },
      experts: ['persistence', 'mean', 'seasonal', 'drift', 'smoothing', 'lags', 'linear', 'network'],
      cell: { name: 'lstm', coupled: true, units: 32 },
      readout: 'mlp',
      estimator: { name: 'diagonal' },
      optimizer: { name: 'adam', rate: 0.003, alpha: 0.03, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      dtype: 'float32',
      seed: 1,
      recent: 1000,
      every: 1000,
    });
  });

  it('predict a residual of a number, and a value of a category, unless told otherwise', () => {
    for (const part of [{}, { horizon: 3 }, { columns: ['k'], horizon: 0 }, { target: 'y' }])
      expect(completeConfig({ ...rows, ...part }, {}).data.predict, JSON.stringify(part)).to.equal(
        'residual',
      );
    expect(completeConfig({ ...rows, target: 'k' }, {}).data.predict).to.equal('value');
  });

  it('of rows with times have weekdays, and of others no calendar', () => {
    const timed = { ...rows, timestamp: 't' };
    expect(completeConfig(timed, {}).data).to.include({ calendar: 'weekdays' });
    expect(completeConfig({ ...timed, calendar: 'angles' }, {}).data).to.include({ calendar: 'angles' });
    expect(completeConfig(rows, {}).data).to.not.have.property('calendar');
    expect(() => completeConfig({ ...rows, calendar: 'weekdays' }, {})).to.throw(
      ConfigurationError,
      '--calendar goes with --timestamp, which names the column with the times',
    );
  });

  it('without the linear expert predict a change where a number is predicted from its own past, and a value elsewhere', () => {
    for (const [part, predict] of [
      [{}, 'change'],
      [{ horizon: 3 }, 'change'],
      [{ horizon: 0, delay: 4 }, 'change'],
      [{ columns: ['k', 'b', 'a'] }, 'change'],
      [{ columns: ['k'] }, 'value'],
      [{ columns: ['k'], horizon: 0 }, 'value'],
      [{ target: 'y' }, 'value'],
      [{ target: 'k' }, 'value'],
      [{ categorical: ['a', 'k'] }, 'value'],
      [{ predict: 'value' }, 'value'],
      [{ predict: 'change', columns: ['k'], horizon: 0 }, 'change'],
    ] as const)
      expect(
        completeConfig({ ...rows, ...part }, { experts: ['network', 'mean'] }).data.predict,
        JSON.stringify(part),
      ).to.equal(predict);
  });

  it('have the rate that suits the data, and a text the noise of the estimator', () => {
    const rateOf = (data: RowData | SymbolData, estimator?: string) =>
      completeConfig(data, { ...(estimator && { estimator }) }).optimizer.rate;
    for (const estimator of [undefined, 'uoro', 'noBackTrack', 'tbptt', 'snap'])
      expect(rateOf(rows, estimator)).to.equal(0.003);
    for (const estimator of [undefined, 'tbptt']) expect(rateOf(characters, estimator)).to.equal(0.018);
    for (const estimator of ['bptt', 'rtrl', 'snap']) expect(rateOf(characters, estimator)).to.equal(0.01);
    for (const estimator of [
      'uoro',
      'noBackTrack',
      'kfRtrl',
      'rKfRtrl',
      'ok',
      'unbiased',
      'dodge',
      'artbp',
      'pes',
    ])
      expect(rateOf(characters, estimator)).to.equal(0.001);
    for (const [estimator, part] of [
      ['tbptt', { window: 16, stride: 16, windowFrom: 4 }],
      ['bptt', { length: 128 }],
      ['snap', { n: 1 }],
      ['uoro', { window: 1 }],
    ] as const)
      expect(completeConfig(characters, { estimator }).estimator).to.deep.include({
        name: estimator,
        ...part,
      });
    expect(completeConfig(characters, { window: 3 }).estimator).to.deep.equal({
      name: 'tbptt',
      window: 3,
      stride: 3,
    });
  });

  it('of a text are the same if the defaults are written out', () => {
    const usual = completeConfig(characters, {});
    for (const given of [
      { cell: 'lstm' },
      { cell: 'lstm', coupled: true, norm: 'rms', recurrent: 'zero' },
      { estimator: 'tbptt' },
      { estimator: 'tbptt', window: 16, windowFrom: 4 },
      { optimizer: 'rmsprop', span: 2048 },
      { rate: 0.018, alpha: 2.5e-5, schedule: 'sqrtDecay', floor: 0.0054 },
      { rates: String(usual.optimizer.rates) },
    ] as const)
      expect(completeConfig(characters, given), JSON.stringify(given)).to.deep.equal(usual);
  });

  it('of a text: a rate scales the rates of all parameters, and another cell has one rate', () => {
    const usual = completeConfig(characters, {}).optimizer;
    const twice = completeConfig(characters, { rate: 0.036 }).optimizer;
    expect(twice).to.deep.equal({ ...usual, rate: 0.036, floor: 0.0108, rates: twice.rates });
    expect(twice.rates).to.match(/^cell.forget.w=0.035,cell.forget.u=0.1,.*,cell.output.b=0.022$/);
    expect(completeConfig(characters, { rates: 'readout=1' }).optimizer.rates).to.equal('readout=1');
    for (const given of [
      { norm: 'none' },
      { recurrent: 'uniform' },
      { cell: 'lstm', norm: 'none' },
    ] as const) {
      const config = completeConfig(characters, given);
      expect(config.optimizer).to.include({ name: 'rmsprop', rate: 0.008, floor: 0.0024, span: 2048 });
      expect(config.optimizer).not.to.have.property('rates');
      expect(() => openSession(config)).not.to.throw();
    }
    const plain = { name: 'adam', rate: 0.01, alpha: 0.03, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    expect(completeConfig(characters, { optimizer: 'adam' }).optimizer).to.deep.equal(plain);
    const { cell, optimizer } = completeConfig(characters, { cell: 'gru' });
    expect([cell, optimizer]).to.deep.equal([{ name: 'gru', units: 64 }, plain]);
    expect(completeConfig(characters, { cell: 'lstm', estimator: 'uoro' }).cell).to.deep.equal({
      name: 'lstm',
      units: 64,
    });
    expect(() => completeConfig(characters, { rate: -1 })).to.throw(
      ConfigurationError,
      'rate must be a number from 0 to 10000000000, got -1',
    );
  });

  it('that are given are taken, each where it belongs', () => {
    const given = {
      cell: 'lstm',
      units: 5,
      readout: 'linear',
      optimizer: 'sgd',
      rate: 0.5,
      alpha: 0.25,
      clip: 3,
      dtype: 'float64',
      seed: 0,
      recent: 7,
      every: 9,
    } as const;
    const own = completeConfig(rows, { ...given, estimator: 'tbptt', window: 6, stride: 2 });
    expect(own).to.deep.equal({
      data: { ...rows, predict: 'residual' },
      experts: ['persistence', 'mean', 'seasonal', 'drift', 'smoothing', 'lags', 'linear', 'network'],
      cell: { name: 'lstm', units: 5 },
      readout: 'linear',
      estimator: { name: 'tbptt', window: 6, stride: 2 },
      optimizer: { name: 'sgd', rate: 0.5, alpha: 0.25, clip: 3 },
      dtype: 'float64',
      seed: 0,
      recent: 7,
      every: 9,
    });
    expect(completeConfig(rows, { estimator: 'bptt', window: 6 }).estimator).to.deep.equal({
      name: 'bptt',
      length: 6,
    });
    expect(completeConfig(rows, { estimator: 'uoro', rank: 2 }).estimator).to.deep.include({
      name: 'uoro',
      rank: 2,
    });
    expect(() => completeConfig(rows, { estimator: 'uro' })).to.throw(UsageError, 'uoro');
    expect(() => completeConfig(rows, { units: 0 })).to.throw(ConfigurationError, 'units must be');
  });

  it('say how data are read: rows with their times, or symbols', async () => {
    const read = async (config: StreamConfig, text: string, time?: number) => {
      const entries: unknown[] = [];
      for await (const batch of readData([sourceOf([bytesOf(text)])], config, time)) entries.push(...batch);
      return entries;
    };
    expect(await read(text, 'ab')).to.deep.equal([97, 98]);
    expect(await read(table, 'a,k,t\n1,x,7\n', 4)).to.deep.equal([[1, 'x', 7, 3]]);
  });

  it('that do not fit what was saved are the fault of the checkpoint, and defects are not', () => {
    const fail = (error: Error) => () =>
      restored(() => {
        throw error;
      });
    const misfit = 'the checkpoint does not hold what it should: ';
    expect(fail(new TypeError('x is not iterable'))).to.throw(DataError, `${misfit}x is not iterable`);
    expect(fail(new RangeError('out of range'))).to.throw(DataError, `${misfit}out of range`);
    for (const error of [new DataError('as it is'), new Error('a defect')]) {
      let thrown: unknown;
      try {
        fail(error)();
      } catch (caught) {
        thrown = caught;
      }
      expect(thrown).to.equal(error);
    }
    expect(restored(() => 3)).to.equal(3);
    const { learner } = openSession(text).save();
    expect(() => openSession(text, { learner, rest: { entries: 3 } })).to.throw(DataError, misfit);
    expect(() => openSession({ ...table, data: rows }, { learner, rest: {} })).to.throw(DataError);
  });
});
