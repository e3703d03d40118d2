import { expect } from 'chai';
import { createModel, openModel } from '../../../cli/stream/index.ts';
import { DataError } from '../../../lib/index.ts';
import { createDesk, type Desk } from '../../cli/command.ts';

const options = {
  target: 'temperature',
  columns: ['temperature', 'sky'],
  categorical: ['sky'],
  units: 2,
} as const;
const weather = () => createModel(options);

class Reading {
  #celsius: number;
  constructor(celsius: number) {
    this.#celsius = celsius;
  }
  get temperature() {
    return this.#celsius;
  }
  get sky() {
    return this.#celsius > 0 ? 'sun' : 'snow';
  }
  toString() {
    return 'a reading';
  }
}

/** A model as JavaScript sees it, which knows no columns. */
interface Learns {
  learnOne(record: unknown): unknown;
  report(): object;
}

/** The report of a model that has learnt from these records, as text. */
function learntFrom(records: readonly unknown[], model: Learns = weather()): string {
  for (const record of records) model.learnOne(record);
  return JSON.stringify(model.report());
}

describe('norewind/stream: records that a program hands over', () => {
  const values = [3, -2, 5, -1, 4, 0, 6, -3];
  const plain = values.map((temperature) => ({ temperature, sky: temperature > 0 ? 'sun' : 'snow' }));

  it('may be plain objects, objects without a prototype, instances with getters, frozen ones, proxies, and Maps', () => {
    const expected = learntFrom(plain);
    for (const [kind, make] of [
      ['no prototype', (record: object) => Object.assign(Object.create(null), record)],
      ['frozen', (record: object) => Object.freeze({ ...record })],
      ['getters', ({ temperature }: { temperature: number }) => new Reading(temperature)],
      ['proxy', (record: object) => new Proxy(record, {})],
      ['Map', (record: object) => new Map(Object.entries(record))],
      [
        'own getters',
        (record: object) => Object.defineProperties({}, Object.getOwnPropertyDescriptors({ ...record })),
      ],
      ['more', (record: object) => ({ ...record, note: { not: 'read' }, Temprature: 1 })],
    ] as const)
      expect(learntFrom(plain.map(make)), kind).to.equal(expected);
  });

  it('are missing where they are null, undefined or not there, as long as something is', () => {
    const expected = learntFrom([...plain, { temperature: null, sky: 'sun' }]);
    for (const record of [{ temperature: undefined, sky: 'sun' }, { sky: 'sun' }, new Map([['sky', 'sun']])])
      expect(learntFrom([...plain, record])).to.equal(expected);
    expect(learntFrom([...plain, { temperature: null, sky: null }])).to.be.a('string');
  });

  it('are refused where they would be missing as a whole, without a word', () => {
    const none = 'it has none of the columns "temperature", "sky"';
    for (const [record, says] of [
      [new Map(), `${none}; it has no values`],
      [{}, `${none}; it has no values`],
      [new Date(0), `${none}; it has "setDate"`.slice(0, none.length)],
      [/x/, none],
      [new Error('x'), none],
      [new Set(['temperature']), none],
      [{ humidity: 3, wind: 4 }, `${none}; it has "humidity", "wind"`],
      [new Map([['humidity', 3]]), `${none}; it has "humidity"`],
      [Promise.resolve({}), 'it is a Promise: await it first'],
      [[1], 'it is not an object, such as {"temperature": 12.5}'],
      [new Float64Array(2), 'it is not an object'],
      ['x', 'it is not an object'],
      [3, 'it is not an object'],
      [undefined, 'it is not an object'],
      [() => 1, 'it is not an object'],
    ] as const) {
      const model = weather();
      expect(() => learntFrom([record], model), String(record)).to.throw(DataError, `record 1: ${says}`);
      expect(model.report().scored).to.equal(0);
    }
    expect(() => learntFrom([...plain, {}])).to.throw(DataError, `record 9: ${none}`);
  });

  it('say which column is misspelt, as long as no record had it', () => {
    for (const name of [
      'temprature',
      'tempertaure',
      'Temperature',
      'temp',
      'temperature_',
      'temperture',
      'tmperatur',
    ])
      expect(() => learntFrom([{ [name]: 1, sky: 'sun' }]), name).to.throw(
        DataError,
        `record 1: it has "${name}" and no "temperature": did you mean temperature? Where temperature is missing, make it null`,
      );
    expect(() => learntFrom([new Map([['temprature', 1]])])).to.throw(DataError, 'did you mean temperature?');
    // A record may lack what others have, and have what resembles it.
    expect(learntFrom([...plain, { temprature: 1, sky: 'sun' }])).to.equal(
      learntFrom([...plain, { sky: 'sun' }]),
    );
    for (const others of [
      { sensor2: 1, b: 1 },
      { sensor12: 1, b: 1 },
      { other: 1, b: 1 },
    ]) {
      const model = createModel({ target: 'b', columns: ['b', 'sensor1'], units: 2 });
      expect(() => learntFrom([others], model)).not.to.throw();
    }
  });

  it('need no target where one is given beside them, or is asked for', () => {
    const model = createModel({
      target: 'sky',
      columns: ['temperature'],
      categorical: ['sky'],
      horizon: 0,
      units: 2,
    });
    model.learnOne({ temperature: 1 }, 'sun');
    expect(model.predictOne({ temperature: 2 })).to.be.oneOf(['sun', null]);
    expect(() => model.predictOne({})).to.throw(
      DataError,
      'record 2: it has none of the columns "temperature"; it has no values',
    );
    const alone = createModel({ target: 'a', units: 2 });
    alone.learnOne({}, 3);
    alone.learnOne({}, 4);
    expect(alone.report().scored).to.equal(1);
  });

  it('hand on what a getter throws, in a sentence', () => {
    const record = {
      sky: 'sun',
      get temperature(): number {
        throw new Error('the sensor is off\nfor now');
      },
    };
    expect(() => learntFrom([record])).to.throw(
      DataError,
      'record 1, column "temperature": its getter failed: the sensor is off',
    );
  });

  it('have marks for missing values, decimal commas and times of their own', () => {
    const dialect = { ...options, missing: ['NA', '-999'], decimal: ',' } as const;
    const marked = createModel(dialect);
    const nulls = createModel(options);
    for (const [i, temperature] of values.entries()) {
      marked.learnOne({ temperature: i === 2 ? -999 : `${temperature},5`, sky: i === 3 ? 'NA' : 'sun' });
      nulls.learnOne({
        temperature: i === 2 ? null : Number(`${temperature}.5`),
        sky: i === 3 ? null : 'sun',
      });
    }
    expect(marked.report()).to.deep.equal(nulls.report());
    const namibia = weather();
    namibia.learnOne({ temperature: 1, sky: 'NA' });
    namibia.learnOne({ temperature: 'NA', sky: 'NA' });
    expect(namibia.report().scored).to.equal(0);
    expect(() => namibia.learnOne({ temperature: 'unknown' })).to.throw(DataError, 'add --missing unknown');
    const timed = createModel({ target: 'a', timestamp: ['year', 'month'], timeFormat: '%Y %b', units: 2 });
    timed.learnOne({ a: 1, year: 2000, month: 'Jan' });
    expect(() => timed.learnOne({ a: 1, year: 1999, month: 'Dec' })).to.throw(
      DataError,
      'record 2, columns "year", "month": 1999, "Dec" is earlier than the row before',
    );
    for (const wrong of [
      { missing: 'NA' },
      { missing: [null] },
      { decimal: ';' },
      { timeFormat: '%Y' },
      { timestamp: [] },
    ])
      expect(() => createModel({ target: 'a', ...(wrong as object) }), JSON.stringify(wrong))
        .to.throw(Error)
        .with.property('name', 'ConfigurationError');
  });

  it('keep identifiers apart that a number would round', () => {
    const model = createModel({ target: 'id', categorical: ['id'], units: 2 });
    const [one, two] = [9_007_199_254_740_992n, 9_007_199_254_740_993n];
    for (const id of [one, two, one, two]) model.learnOne({ id });
    expect([...model.predictProbaOne().keys()]).to.include.members([String(one), String(two)]);
    expect(() => model.learnOne({ id: Number(two) })).to.throw(DataError, 'give the category as a text');
  });

  describe('and are saved', () => {
    let desk: Desk;
    before(() => {
      desk = createDesk();
    });
    after(() => desk.dispose());

    it('with the dialect in which they are read', async () => {
      const dialect = {
        ...options,
        missing: ['NA'],
        decimal: ',',
        timestamp: 'when',
        timeFormat: '%d/%m/%Y',
      } as const;
      const model = createModel(dialect);
      model.learnOne({ temperature: '1,5', sky: 'NA', when: '31/01/2024' });
      model.save(desk.path('saved'));
      const again = await openModel(desk.path('saved'));
      expect(again.config).to.deep.equal(model.config);
      again.learnOne({ temperature: 'NA', sky: 'sun', when: '01/02/2024' });
      expect(() => again.learnOne({ temperature: '1.5', sky: 'sun', when: '02/02/2024' })).to.throw(
        DataError,
        'decimal ,',
      );
      desk.file('more.csv', 'temperature,sky,when\n"2,5",sun,02/02/2024\nNA,NA,03/02/2024\n');
      const { code, stdout, stderr } = await desk.norewind('predict saved more.csv'.split(' '));
      expect(code, stderr).to.equal(0);
      expect(stdout.trimEnd().split('\n')).to.have.length(2);
      desk.file('other.csv', '# of a station\ntemperature;sky;when\n2.5;?;2024-02-02\n');
      const other =
        'predict saved other.csv --delimiter ; --comment # --missing ? --decimal . --time-format %F';
      const second = await desk.norewind(other.split(' '));
      expect(second.code, second.stderr).to.equal(0);
      expect(JSON.parse(second.stdout).current).to.equal(2.5);
    });
  });
});
