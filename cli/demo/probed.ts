import { makeEstimator, type Named, titleOf } from '../../trainers/registry/index.ts';
import type { Wish } from '../experiments/config.ts';
import { resolveWish } from '../experiments/resolve.ts';
import { type Finding, follow } from '../probing/follow.ts';
import type { StopRequest } from '../training/stop.ts';

/** Beside exact RTRL: unbiased ones with much noise and with little, and biased ones without any. */
const estimators: readonly Named[] = [
  { name: 'uoro' },
  { name: 'kfRtrl' },
  { name: 'snap', n: 1 },
  { name: 'tbptt', window: 4, stride: 1 },
];
const copies = 4;

/** A small network, as exact RTRL runs beside it. */
function probedWish(steps: number, seed: number): Wish {
  return {
    experiment: 'anbn',
    task: { max: 8 },
    cell: { name: 'gru', units: 8 },
    estimator: { name: 'rtrl' },
    steps,
    seed,
  };
}

/** Estimates of the gradients of a small network that learns, by several estimators. */
export async function probed(
  length: { readonly probeSteps: number; readonly seed: number },
  stop: StopRequest,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const plan = resolveWish(probedWish(length.probeSteps, length.seed));
  const named = estimators.map((each) => [titleOf(each), makeEstimator(each)] as const);
  await follow(plan, { estimators: Object.fromEntries(named), copies }, stop, (finding) => {
    findings.push(finding);
  });
  return findings;
}
