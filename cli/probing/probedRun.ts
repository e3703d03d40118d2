import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../../lib/index.ts';
import { makeEstimator } from '../../trainers/registry/index.ts';
import type { Plan } from '../experiments/resolve.ts';
import { readPlain } from '../plainFile.ts';
import type { GridProbe } from '../sweep/grid.ts';
import { fileNames, type RunFolder } from '../training/folder.ts';
import { outcomeText } from '../training/outcome.ts';
import type { StopRequest } from '../training/stop.ts';
import { createStopwatch } from '../training/stopwatch.ts';
import { type Finding, follow } from './follow.ts';

const findings = 'probe.ndjson';

/**
 * Probes within a grid: writes what was found into the folder of the run. It has no checkpoints: one that was cut is
 * begun again. Returns its steps. @throws ConfigurationError or UsageError for what cannot be probed.
 */
export async function probeInFolder(
  plan: Plan,
  { estimators, copies }: GridProbe,
  folder: RunFolder,
  stop: StopRequest,
  onProgress: (steps: number) => void,
): Promise<{ readonly steps: number; readonly isWhole: boolean }> {
  const own = Object.entries(estimators).map(([title, each]) => [title, makeEstimator(each)] as const);
  const watch = createStopwatch();
  const lines: string[] = [];
  folder.write(fileNames.config, `${JSON.stringify(plan.config, null, 2)}\n`);
  const { steps } = await follow(plan, { estimators: Object.fromEntries(own), copies }, stop, (finding) => {
    lines.push(`${JSON.stringify(timeless(finding))}\n`);
    onProgress(finding.step);
  });
  const isWhole = stop.signal === undefined;
  folder.write(findings, lines.join(''));
  const times = watch.times();
  folder.write(
    fileNames.outcome,
    outcomeText({
      status: isWhole ? 'done' : 'stopped',
      steps,
      ...times,
      microseconds: steps === 0 ? null : (1e6 * times.seconds) / steps,
    }),
  );
  return { steps, isWhole };
}

/** Equal probes write equal bytes: the times are left out. */
function timeless({ step, estimators }: Finding): object {
  const own = Object.entries(estimators).map(
    ([title, { microseconds: _, cost: __, ...rest }]) => [title, rest] as const,
  );
  return { step, estimators: Object.fromEntries(own) };
}

/** A line of a probe. JSON has no NaN: null replaces it. */
export interface KeptFinding {
  readonly step: number;
  readonly estimators: Readonly<Record<string, { readonly blocks: Readonly<Record<string, Figures>> }>>;
}

type Figures = Readonly<Record<'cosine' | 'variance', number | null>>;

/** The result of a probe within a grid; undefined if it is not over. @throws DataError for a damaged file. */
export function findingsIn(folder: string): readonly KeptFinding[] {
  const path = join(folder, findings);
  if (!existsSync(path)) return [];
  return readPlain(path)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line, i) => {
      try {
        return JSON.parse(line) as KeptFinding;
      } catch {
        throw new DataError(`${path}, line ${i + 1}: it is not a line of a probe`);
      }
    });
}
