import { Execution } from '../../autodiff/index.ts';
import { type Work, workOf } from './work.ts';

/** The work of all plans that run while f does, and how many runs that were. */
export function workDuring(f: () => void): { readonly work: Work; readonly runs: number } {
  const { run } = Execution.prototype;
  const runs = new Map<Execution, number>();
  Execution.prototype.run = function counted(this: Execution, stage = 0) {
    // The last part of a plan runs once for each run of all.
    if (stage === this.plan.ends.length - 2) runs.set(this, (runs.get(this) ?? 0) + 1);
    run.call(this, stage);
  };
  try {
    f();
  } finally {
    Execution.prototype.run = run;
  }
  const total = { products: 0, sums: 0, quotients: 0, roots: 0, read: 0, written: 0 };
  for (const [{ plan }, count] of runs) {
    const own = workOf(plan);
    for (const name of Object.keys(total) as (keyof Work)[]) total[name] += count * own[name];
  }
  return { work: total, runs: [...runs.values()].reduce((sum, count) => sum + count, 0) };
}
