import { allocate, ConfigurationError, dataOf, fromData, type Tensor, type TypedArray } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import type { Equation } from '../symbol.ts';
import { Execution } from './execution.ts';
import { NotPlannable } from './not-plannable.ts';
import { type Program, requireProgram, requireType } from './program.ts';
import { equationsOf, type Schedule } from './schedule.ts';
import { isClosed } from './trace.ts';

/** What runs a program and keeps what carries over from run to run. */
export type Runner = Pick<
  Execution,
  'program' | 'input' | 'output' | 'write' | 'load' | 'read' | 'check' | 'run' | 'finite' | 'zeros'
>;

/** A program as a plan; with the reference kernels where a primitive has no other. */
export function runnerOf(program: Program, schedule: Schedule = {}): Runner {
  if (!isClosed(requireProgram(program, 'runnerOf')))
    throw new ConfigurationError(
      `${program.name}: it closes over a tensor that is being differentiated or traced, and runs on numbers; pass it as an argument`,
    );
  try {
    return new Execution(program, schedule);
  } catch (error) {
    if (error instanceof NotPlannable) return new ReferenceExecution(program, schedule);
    throw error;
  }
}

/** An execution by the reference kernels, which check indices themselves: a part that throws has changed nothing. */
class ReferenceExecution implements Runner {
  readonly program: Program;
  readonly zeros: readonly number[] = [];
  readonly #inputs: readonly TypedArray[];
  readonly #outputs: readonly TypedArray[];
  readonly #carried: readonly TypedArray[];
  readonly #parts: readonly (readonly Equation[])[];
  readonly #values = new Map<Tensor, Tensor>();
  readonly #stages: NonNullable<Schedule['stages']>;

  constructor(program: Program, schedule: Schedule) {
    const { updates = new Map<number, number>(), stages = [[]] } = schedule;
    this.program = program;
    this.#inputs = program.inputs.map(({ dtype, size }) => allocate(dtype, size));
    this.#outputs = program.outputs.map(({ dtype, size }, at) => this.#inputs[updates.get(at) ?? -1] ?? allocate(dtype, size));
    this.#carried = [...new Set(updates.values())].map((at) => this.#inputs[at]);
    this.#parts = equationsOf(program, schedule);
    const early = new Set(stages.slice(0, -1).flat());
    this.#stages = [...stages.slice(0, -1), [...program.outputs.keys()].filter((at) => !early.has(at))];
  }

  input(at: number): TypedArray {
    return this.#inputs[at];
  }

  output(at: number): TypedArray {
    return this.#outputs[at];
  }

  write(at: number, x: Tensor): void {
    requireType(this.program, at, x);
    this.#inputs[at].set(dataOf(x));
  }

  load(numbers: readonly TypedArray[]): void {
    this.#carried.forEach((data, i) => {
      data.set(numbers[i]);
    });
  }

  read(at: number): Tensor {
    return fromData(this.#outputs[at].slice() as TypedArray, [...this.program.outputs[at].shape]);
  }

  check(): void {}

  run(stage = 0): void {
    const values = this.#values;
    // Results may be views of what they were computed from, so what an update replaces is given as a copy.
    this.program.inputs.forEach((input, i) => {
      const x = fromData(this.#inputs[i].slice() as TypedArray, [...input.shape]);
      x.label = input.label;
      values.set(input, x);
    });
    const value = (operand: Tensor) => values.get(operand) ?? operand;
    for (const { primitive, operands, parameters, result } of this.#parts[stage])
      values.set(result, bind(primitive, operands.map(value), parameters));
    for (const at of this.#stages[stage]) this.#outputs[at].set(dataOf(value(this.program.outputs[at])));
    if (stage === this.#parts.length - 1) values.clear();
  }

  get finite(): boolean {
    return this.#carried.every((data) => data.every(Number.isFinite));
  }
}
