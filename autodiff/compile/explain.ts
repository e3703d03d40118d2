import type { Tensor } from '../../lib/index.ts';
import { printProgram } from './equations/program.ts';
import { requireSchedule, type Schedule } from './equations/schedule.ts';
import { passes } from './passes.ts';
import { planOf } from './plan.ts';
import { Naming } from './terms/naming.ts';
import { type Declare, trace } from './trace.ts';

/** A pass of the compiler, with the program as it left it. */
export interface Explained {
  readonly pass: string;
  /** The purpose of the pass. */
  readonly why: string;
  /** The program, the terms of its outputs, or its instructions, as text. */
  readonly text: string;
}

/**
 * Compiles a program as `Execution` does, and returns it as text after each pass. The first entry is the
 * program as it was recorded. Look here when a step is slower than you expect.
 *
 * @param body returns the outputs, a tree, and declares the inputs.
 * @throws ConfigurationError for a schedule that does not fit the program.
 */
export function explain(
  name: string,
  body: (declare: Declare) => unknown,
  schedule: Schedule = {},
): Explained[] {
  const told: Explained[] = [];
  const { program } = trace(name, body, (current, pass) => {
    told.push({
      pass: pass?.name ?? 'recorded',
      why: pass?.why ?? 'Every operation, as it was called.',
      text: printProgram(current),
    });
  });
  requireSchedule(program, schedule, 'explain');
  let naming: Naming | undefined;
  planOf(program, schedule, ({ name: pass, why }, { lowering, inputs, parts }) => {
    naming ??= new Naming(inputs, lowering.assembler);
    const own = naming;
    const isTerms = pass === passes.terms[0].name;
    const terms = program.outputs.map((x: Tensor, at) => `output ${at} = ${own.terms(lowering.terms(x))}`);
    const lines = parts.flatMap((part) => part.flatMap((instruction) => own.instruction(instruction)));
    told.push({ pass, why, text: [...lines, ...(isTerms ? terms : [])].join('\n') });
  });
  return told;
}
