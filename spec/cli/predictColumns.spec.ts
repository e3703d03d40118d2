import { expect } from 'chai';
import { createDesk, type Desk } from './command.ts';

describe('cli: norewind predict on data without a column of the model', () => {
  let desk: Desk;

  before(async () => {
    desk = createDesk();
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 7},${i % 3},${'ab'[i % 2]}\n`);
    desk.file('rows.csv', `y,wind,kind\n${rows.join('')}`);
    const train = 'train rows.csv --target y --experts linear,persistence';
    expect((await desk.norewind(`${train} --out ahead -q`.split(' '))).code).to.equal(0);
    expect((await desk.norewind(`${train} --horizon 0 --out same -q`.split(' '))).code).to.equal(0);
  });

  after(() => desk.dispose());

  const told = async (model: string, records: readonly object[], ...more: string[]) => {
    desk.file('some.ndjson', records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    const { code, stdout, stderr } = await desk.norewind(['predict', model, 'some.ndjson', ...more]);
    expect(code).to.equal(0);
    expect(stdout.split('\n')).to.have.length(records.length + 1);
    return stderr;
  };
  const says = (column: string, records: number) =>
    `norewind: column "${column}" has had no value in ${records === 1 ? '1 record' : `${records} records`}: it counts as missing\n`;

  it('says once, in a sentence, that it counts as missing', async () => {
    expect(await told('ahead', [{ y: 1, kind: 'a' }])).to.equal(says('wind', 1));
    const many = Array.from({ length: 150 }, (_, i) => ({ y: i, wnd: 2, kind: null }));
    expect(await told('ahead', many)).to.equal(says('wind', 100) + says('kind', 100));
    // One record with a value is enough: it is missing in the others.
    expect(
      await told('ahead', [
        { y: 1, wind: 0 },
        { y: 2, kind: 'b' },
      ]),
    ).to.equal('');
  });

  it('needs no target that is only to be predicted', async () => {
    expect(await told('same', [{ wind: 1, kind: 'a' }])).to.equal('');
    expect(await told('same', [{ wind: 1, kind: 'a' }], '--learn')).to.equal(says('y', 1));
    expect(await told('ahead', [{ wind: 1, kind: 'a' }])).to.equal(says('y', 1));
  });

  it('needs no such target in the header of CSV either, and does need one that is an input or learnt from', async () => {
    desk.file('to-come.csv', 'wind,kind\n1,a\n2,b\n');
    desk.file('empty.csv', 'y,wind,kind\n,1,a\n,2,b\n');
    const predict = (...args: string[]) => desk.norewind(['predict', ...args]);
    const { code, stdout, stderr } = await predict('same', 'to-come.csv');
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.equal((await predict('same', 'empty.csv')).stdout);
    const ahead = await predict('same', '--steps', '2');
    expect([ahead.code, ahead.stderr]).to.deep.equal([
      2,
      'norewind: the model predicts "y" from the same row: in place of --steps, name a file of the rows to come, which needs no such column\n',
    ]);
    for (const args of [
      ['same', 'to-come.csv', '--learn'],
      ['ahead', 'to-come.csv'],
    ]) {
      const refused = await predict(...args);
      expect(refused.code).to.equal(2);
      expect(refused.stderr).to.match(
        /^norewind: to-come\.csv has no column "y"; its header has "wind", "kind"/,
      );
    }
  });
});
