import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveWish } from '../../cli/experiments/resolve.ts';
import { hasGeneration, writeGeneration } from '../../cli/training/generations.ts';
import { encodeRun } from '../../cli/training/runCheckpoint.ts';
import { type Doors, door } from './walk.ts';

export const runsDoors: Doors = {
  historyOf: door(() => [runOf(join(process.cwd(), 'run'))]),
  learnerFrom: door(() => [runOf(join(process.cwd(), 'run'))]),
};

/** The folder of a run before its first step. */
function runOf(folder: string): string {
  if (hasGeneration(folder)) return folder;
  const { config, open } = resolveWish({ experiment: 'anbn', cell: { units: 2 } });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), '{"experiment":"anbn"}');
  writeFileSync(
    join(folder, 'metrics.ndjson'),
    '{"step":1,"unit":"bits","mean":1,"recent":1,"gradientNorm":1,"baselines":{}}\n',
  );
  const loss = { count: 0, mean: 0, latest: [] };
  writeGeneration(folder, encodeRun({ config, metricsLength: 0, loss, learner: open().learner.save() }));
  return folder;
}
