import { createProbe, type Estimator, type ProbeReport } from '../../trainers/index.ts';
import type { Plan } from '../experiments/resolve.ts';
import { createPace } from '../training/metrics.ts';
import type { StopRequest } from '../training/stop.ts';

/** The probe's figures after a step, over all steps until then. */
export interface Finding extends ProbeReport {
  readonly step: number;
}

export interface FollowOptions {
  readonly estimators: Readonly<Record<string, Estimator>>;
  readonly copies?: number | undefined;
  readonly replay?: number | undefined;
}

/**
 * Follows the learner of a plan with several estimators at once, to its last step or until it is asked to stop.
 * @param onFinding is given what was found at each of the first steps, then whenever they have grown by 2 %.
 * @throws ConfigurationError for an estimator that cannot be probed.
 */
export async function follow(
  plan: Plan,
  { estimators, copies, replay }: FollowOptions,
  stop: StopRequest,
  onFinding: (finding: Finding) => Promise<void> | void,
): Promise<{ readonly steps: number }> {
  const session = plan.open();
  const probe = createProbe({
    learner: session.learner,
    estimators,
    ...(copies !== undefined && { copies }),
    ...(replay !== undefined && { replay }),
  });
  const isDue = createPace();
  let [step, told] = [0, 0];
  const note = async () => {
    told = step;
    await onFinding({ step, ...probe.report() });
  };
  while (step < plan.config.steps && stop.signal === undefined && session.next(probe) !== undefined) {
    step++;
    if (isDue(step)) await note();
    // Signals arrive between two turns of the event loop.
    if (step % 16 === 0 || told === step) await new Promise((resolve) => setImmediate(resolve));
  }
  if (step > told) await note();
  return { steps: step };
}
