import { allocate, dataOf, fromData, type Tensor, type TypedArray } from '../../lib/index.ts';
import { Execution } from './execution.ts';
import { NotPlannable } from './not-plannable.ts';
import type { Program } from './program.ts';
import { evaluateProgram } from './trace.ts';

/** What runs a program and keeps what carries over from run to run. */
export type Runner = Pick<Execution, 'program' | 'input' | 'output' | 'write' | 'read' | 'check' | 'run'>;

/** A program as a plan; with the reference kernels where a primitive has no other. */
export function runnerOf(program: Program, updates: ReadonlyMap<number, number> = new Map()): Runner {
  try {
    return new Execution(program, updates);
  } catch (error) {
    if (error instanceof NotPlannable) return new ReferenceExecution(program, updates);
    throw error;
  }
}

/** An execution by the reference kernels, which check indices themselves: a run that throws has changed nothing. */
class ReferenceExecution implements Runner {
  readonly program: Program;
  readonly #inputs: readonly TypedArray[];
  readonly #outputs: readonly TypedArray[];

  constructor(program: Program, updates: ReadonlyMap<number, number>) {
    this.program = program;
    this.#inputs = program.inputs.map(({ dtype, size }) => allocate(dtype, size));
    this.#outputs = program.outputs.map(({ dtype, size }, at) => this.#inputs[updates.get(at) ?? -1] ?? allocate(dtype, size));
  }

  input(at: number): TypedArray {
    return this.#inputs[at];
  }

  output(at: number): TypedArray {
    return this.#outputs[at];
  }

  write(at: number, x: Tensor): void {
    this.#inputs[at].set(dataOf(x));
  }

  read(at: number): Tensor {
    return fromData(this.#outputs[at].slice() as TypedArray, [...this.program.outputs[at].shape]);
  }

  check(): void {}

  run(): void {
    const { inputs } = this.program;
    const args = this.#inputs.map((data, i) => {
      // Results may be views of what they were computed from, so what an update replaces is given as a copy.
      const x = fromData(data.slice() as TypedArray, [...inputs[i].shape]);
      x.label = inputs[i].label;
      return x;
    });
    const results = evaluateProgram(this.program, args);
    results.forEach((result, at) => {
      this.#outputs[at].set(dataOf(result));
    });
  }
}
