import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { timingOf } from '../../bench/measure.ts';
import { UsageError } from '../../bench/options.ts';
import { committed, pageOf, performancePage, type Results } from '../../bench/page.ts';
import { root } from '../support/project.ts';

const machine = { cpu: 'a processor', cores: 4, node: 'v20.0.0' };
const results: Results = {
  machine,
  tables: [
    {
      group: 'libraries',
      title: 'one',
      columns: ['case', 'library', 'µs', 'ratio'],
      rows: [
        ['a', 'norewind', timingOf([4, 2, 6]), ''],
        ['', 'fast', timingOf([1, 1, 9]), '0.25x'],
        ['', 'slow', timingOf([8, 8, 8]), '2.00x'],
        ['b', 'norewind', '3.00 (1.00..9.00)', ''],
        ['', 'slow', '4.00 (1.00..9.00)', '1.33x'],
      ],
    },
  ],
};

describe('docs/performance.md', () => {
  it('is what npm run bench -- page writes from the committed results', () => {
    expect(readFileSync(join(root, 'docs', 'performance.md'), 'utf8')).to.equal(performancePage());
  });

  it('shows every file of bench/results, and what each was measured on', () => {
    const template = readFileSync(join(root, 'bench', 'page-template.txt'), 'utf8');
    for (const file of readdirSync(join(root, 'bench', 'results'))) {
      const group = file.replace('.json', '');
      expect(template).to.include(`{{table ${group}}}`);
      expect(Object.keys(committed(group).machine)).to.have.members(['cpu', 'cores', 'node']);
    }
  });

  it('has the numbers of the results, and names the cases in which another is faster', () => {
    const page = pageOf('{{table libraries}}\n{{machine libraries}}\n{{behind}}', () => results);
    expect(page).to.include('| a    | norewind | 4.00 (2.00..6.00) |');
    expect(page).to.include('a processor, 4 cores, Node v20.0.0');
    expect(page.match(/^\* .*$/gm)).to.deep.equal(['* a: fast takes 0.250 of the time of norewind.']);
  });

  it('is refused with a placeholder that stands for nothing', () => {
    expect(() => pageOf('{{picture libraries}}', () => results)).to.throw(
      UsageError,
      '{{picture libraries}}',
    );
    expect(() => committed('nothing')).to.throw(UsageError, 'there are no results of nothing');
  });
});
