import type { Estimator } from '../../trainers/index.ts';
import { estimatorTable, makeEstimator, titleOf, usualOf } from '../../trainers/registry/index.ts';
import { exitCodes } from '../errors.ts';
import { planOf } from '../experiments/plan.ts';
import { blamed } from '../own/blamed.ts';
import { partsFrom } from '../own/streamParts.ts';
import { type Finding, follow } from '../probing/follow.ts';
import { probeReport, probeTable } from '../report/probeReport.ts';
import { signalExitCode } from '../signals.ts';
import { complain } from '../terminal/screen.ts';
import { shown } from '../terminal/shown.ts';
import { formatTable } from '../terminal/table.ts';
import { describeRun } from '../training/results.ts';
import { watchSignals } from '../training/stop.ts';
import { requireFree, writeWhole } from '../wholeFile.ts';
import type { RunSettings } from './options/runOptions.ts';
import { wishFor } from './runWish.ts';

export interface ProbeOptions {
  readonly estimators: readonly string[];
  readonly copies?: number;
  readonly replay?: number;
  readonly report: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/**
 * `norewind probe`: follows the learner of an experiment with several estimators at once, and writes how far
 * their gradients are from the exact one, until the last step or a signal. Returns the exit code.
 * @throws UsageError, ConfigurationError or DataError for what cannot be probed; FailedError.
 */
export async function probe(
  subject: string | undefined,
  options: ProbeOptions,
  settings: RunSettings,
): Promise<number> {
  const { report: path, force, copies, replay } = options;
  requireFree(path, 'report', force);
  const wish = { steps: 2000, ...wishFor(subject, settings) };
  try {
    const plan = await planOf(wish);
    const watch = watchSignals();
    const findings: Finding[] = [];
    const estimators = await estimatorsOf(options.estimators);
    const { steps } = await follow(plan, { estimators, copies, replay }, watch, async (finding) => {
      findings.push(finding);
      if (options.json) await watch.write(`${JSON.stringify(finding)}\n`);
    });
    const last = findings.at(-1);
    // A signal may come before the first step.
    if (last !== undefined) {
      const title = describeRun(plan.config);
      writeWhole(path, probeReport(title, findings));
      const { header, rows } = probeTable(last);
      if (!options.json)
        await watch.write(`${shown(title)}\n${formatTable(header, rows)}\n\nReport: ${shown(path)}\n`);
      watch.requireOutput(`the report is in ${path}`);
    }
    if (watch.signal === undefined) return exitCodes.done;
    const kept = last === undefined ? 'there is no report' : `the report in ${path} is of these`;
    complain(`stopped by ${watch.signal} after step ${steps} of ${plan.config.steps}; ${kept}`);
    return signalExitCode(watch.signal);
  } catch (error) {
    throw blamed(error, wish);
  }
}

/** The estimators by their titles: built in with their usual settings and a stride of 1, or of files. */
async function estimatorsOf(names: readonly string[]): Promise<Record<string, Estimator>> {
  const found: Record<string, Estimator> = {};
  for (const name of names) {
    const usual = usualOf(estimatorTable, name);
    const { estimator = usual, tables } = await partsFrom({
      estimator: name === 'tbptt' ? { ...usual, stride: 1 } : usual,
    });
    const named = { ...estimator, name: String(estimator.name) };
    found[titleOf(named)] = makeEstimator(named, tables?.estimators);
  }
  return found;
}
