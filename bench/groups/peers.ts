import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Contestant, learnerContestant } from '../contestant.ts';
import { ratio } from '../measure.ts';
import { type Options, UsageError } from '../options.ts';
import { nameOf, type Problem, problemOf } from '../problem.ts';
import { race } from '../race.ts';
import { type Cell, type Table, times } from '../report.ts';
import { packageRoot } from '../root.ts';

interface Peer {
  contestants(problem: Problem): Promise<Record<string, () => Contestant>>;
}

/** The same UORO step with other libraries, in this process. */
export async function peers({ effort, sizes }: Options, say: (text: string) => void): Promise<Table> {
  const folder = join(packageRoot(), 'bench', 'peers');
  if (!existsSync(join(folder, 'node_modules')))
    throw new UsageError(
      'the peers are not installed; `npm run bench:peers` installs jax-js and TensorFlow.js into bench/peers and runs this',
    );
  const modules = await Promise.all(
    ['jax.mjs', 'tfjs.mjs'].map(
      async (file) => (await import(pathToFileURL(join(folder, file)).href)) as Peer,
    ),
  );
  const rows: Cell[][] = [];
  for (const cell of ['rnn', 'gru'] as const)
    for (const units of sizes.filter((size) => size === 64 || size === 256 || size === 512)) {
      const problem = problemOf({ cell, estimator: 'uoro', optimizer: 'sgd', units, dtype: 'float32' });
      say(`peers: ${nameOf(problem)}`);
      const made = Object.entries(
        Object.assign({}, ...(await Promise.all(modules.map((module) => module.contestants(problem))))),
      ) as [string, () => Contestant][];
      const [own, ...others] = race(
        problem,
        [() => learnerContestant(problem), ...made.map(([, make]) => make)],
        effort,
      );
      rows.push([nameOf(problem), 'norewind', own, '']);
      others.forEach((timing, i) => {
        rows.push(['', made[i][0], timing, times(ratio(timing, own))]);
      });
    }
  return {
    group: 'peers',
    title: 'Against other libraries in the same process: µs per step of UORO with SGD',
    columns: ['case', 'library', 'µs per step', 'ratio'],
    rows,
    notes: [
      'Each with its own automatic differentiation; all had the same losses and parameters over 48 steps first.',
    ],
  };
}
