import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { runsSources } from '../../support/project.ts';
import { size } from '../../support/size.ts';

/**
 * 512 KiB: 10 bytes for each of the 5e4 steps that are measured with a plan, 210 for each of the 2500 eager
 * ones; a tensor takes more.
 */
const bound = 2 ** 19;

describe('memory does not grow with time', () => {
  const ways = [
    ['plan', size(2e4, 1e5)],
    ['eager', 5000],
  ] as const;
  for (const [how, steps] of ways.slice(0, size(1, 2)))
    for (const estimator of ['uoro', 'rtrl'].slice(0, size(1, 2)))
      it(`${estimator}, ${how === 'plan' ? 'with a plan' : 'eager'}: over the second half of ${steps} steps the heap grows by less than 512 KiB`, () => {
        const script = fileURLToPath(new URL('./heap.ts', import.meta.url));
        const output = execFileSync(
          process.execPath,
          ['--expose-gc', ...runsSources, script, estimator, how, String(steps)],
          {
            encoding: 'utf8',
          },
        );
        const { grown, steps: taken } = JSON.parse(output) as { grown: number; steps: number };
        expect(taken).to.equal(steps);
        expect(grown).to.be.below(bound);
      });
});
