import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from '../support/project.ts';

const folder = join(root, 'bench', 'data');

describe('bench/data', () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const stated = new Map(
    Array.from(readme.matchAll(/^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$/gm), ([, name, sum]) => [
      name,
      sum,
    ]),
  );

  it('has the files of its README, with the stated checksums', () => {
    const files = readdirSync(folder).filter((name) => name !== 'README.md');
    expect(stated).to.deep.equal(
      new Map(
        files.sort().map((name) => [
          name,
          createHash('sha256')
            .update(readFileSync(join(folder, name)))
            .digest('hex'),
        ]),
      ),
    );
  });
});
