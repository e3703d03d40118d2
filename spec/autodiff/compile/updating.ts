import { Execution, trace } from '../../../autodiff/index.ts';
import type { Tensor } from '../../../lib/index.ts';
import { requireClose } from './agree.ts';

export type Body = (...xs: Tensor[]) => Tensor[];

/**
 * Runs `body` several times with what its outputs replace kept in place, beside a loop that does the same
 * eagerly.
 */
export function requireUpdates(
  body: Body,
  start: readonly Tensor[],
  updates: Readonly<Record<number, number>>,
  runs = 4,
  tolerance?: number,
): Execution {
  const { program } = trace('update', (declare) => body(...start.map((x) => declare(x))));
  const execution = new Execution(program, {
    updates: new Map(Object.entries(updates).map(([output, input]) => [Number(output), input])),
  });
  start.forEach((x, i) => {
    execution.write(i, x);
  });
  let state = [...start];
  for (let run = 1; run <= runs; run++) {
    execution.check();
    execution.run();
    const outputs = body(...state);
    requireClose(
      outputs.map((_, i) => execution.read(i)),
      outputs,
      tolerance,
      `run ${run}`,
    );
    state = state.map((x, input) => {
      const output = Object.keys(updates).find((at) => updates[Number(at)] === input);
      return output === undefined ? x : outputs[Number(output)];
    });
  }
  return execution;
}
