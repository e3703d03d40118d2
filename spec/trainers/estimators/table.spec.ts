import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { estimatorTable, makeEstimator, usualOf } from '../../../trainers/registry/index.ts';

/** The cells of the rows of a table in docs/estimators.md, by the heading above it. */
function tableUnder(heading: string): string[][] {
  const page = readFileSync(new URL('../../../docs/estimators.md', import.meta.url), 'utf8');
  const lines = page.slice(page.indexOf(`\n${heading}\n`)).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const count = lines.slice(first).findIndex((line) => !line.startsWith('|'));
  return lines.slice(first, first + count).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}

describe('the tables of docs/estimators.md', () => {
  it('have a row for each estimator that has a name, with every column and its bias', () => {
    const [head, , ...rows] = tableUnder('## The table');
    expect(head).to.deep.equal([
      'estimator',
      'source',
      'carries',
      'bias',
      'time a step',
      'memory',
      'range',
      'what for',
    ]);
    for (const row of rows) {
      expect(row.length, row[0]).to.equal(head.length);
      for (const cell of row) expect(cell, row[0]).to.match(/\S/);
    }
    for (const name of Object.keys(estimatorTable)) {
      // RFLO has no default leak.
      const { bias } = makeEstimator({
        ...usualOf(estimatorTable, name),
        ...(name === 'rflo' && { leak: 1 }),
      });
      const own = rows.find(([cell]) => cell.startsWith(`\`${name}(`));
      expect(own, `a row for ${name}`).not.to.equal(undefined);
      expect(own?.[3], name).to.match(new RegExp(`^${bias}`));
    }
    const figures = tableUnder('### Figures').slice(2);
    expect(figures.map(([name]) => name.replaceAll('`', '')).sort()).to.deep.equal(
      Object.keys(estimatorTable).sort(),
    );
  });
});
