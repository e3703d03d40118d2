import { expect } from 'chai';
import { examples } from '../../docs/playground/own/examples.ts';
import { moduleOf } from '../../docs/playground/own/source.ts';
import { createTrainings } from '../../docs/playground/own/trainings.ts';
import { distantBrackets, rnn } from '../../trainers/norewind.ts';

const written = (source: string) => moduleOf(source, (file) => `${file}.js`);

describe('playground: a cell of one’s own', () => {
  it('becomes a module whose imports lead to built files, with its lines where they were', () => {
    const source =
      "import { add } from 'norewind';\nimport { checkCell } from 'norewind/testing';\nexport const a = add, b = checkCell;\nfunction c() {}\nexport { c as d };\nexport function e() {}";
    expect(written(source)).to.deep.equal({
      module:
        'import { serve as $serve } from "own.js"; import { add } from "norewind.js";\nimport { checkCell } from "testing.js";\nexport const a = add, b = checkCell;\nfunction c() {}\nexport { c as d };\nexport function e() {}\n;$serve({ a, b, c, e });\n',
      imports: [
        { name: 'add', from: 'norewind', file: 'norewind', line: 1 },
        { name: 'checkCell', from: 'norewind/testing', file: 'testing', line: 2 },
      ],
    });
  });

  it('is refused with its line', () => {
    const refusals: readonly (readonly [string, string, number | undefined])[] = [
      ['const x = 1;\nconst y: = 2;', 'line 2: unexpected token', 2],
      [
        "import fs from 'node:fs';\nfs();",
        'line 1: node:fs needs Node, which has files; this page has none',
        1,
      ],
      ['\nexport default 3;', 'line 2: give what is exported a name: export const mine = …', 2],
      ["export * from 'norewind';", 'line 1: give what is exported a name: export const mine = …', 1],
      ['const mine = 1;', 'nothing is exported: export const mine = (inputs, units) => …', undefined],
    ];
    for (const [source, sentence, line] of refusals)
      expect(written(source)).to.deep.equal({ sentence, line });
  });

  it('has examples that are modules', () => {
    for (const source of Object.values(examples)) expect(written(source)).to.have.property('module');
  });

  it('is trained by every estimator, under its title', () => {
    const task = distantBrackets({ s: 1, k: 1, a: 2 });
    const { rows, isLeft } = createTrainings(() => rnn({ inputs: task.symbols, units: 4 }), task);
    expect(rows.map(({ title }) => title)).to.include.members([
      'UORO',
      'RTRL',
      'TBPTT-10',
      'KF-RTRL',
      'RFLO',
    ]);
    expect(rows.every(({ done, refused }) => done === 0 && refused === undefined)).to.equal(true);
    expect(isLeft).to.equal(true);
  });
});
