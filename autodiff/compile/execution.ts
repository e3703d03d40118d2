import {
  ConfigurationError,
  type DType,
  dataOf,
  formatShape,
  fromData,
  IndexError,
  type Shape,
  Tensor,
  type TypedArray,
  wasm,
} from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { isClosed, type Program, requireProgram, requireType } from './equations/program.ts';
import { requireSchedule, type Schedule } from './equations/schedule.ts';
import type { Buffer, Call } from './instructions/instruction.ts';
import { type Plan, planOf } from './plan.ts';
import type { IndexBound } from './terms/indices.ts';

const views = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;

/** A plan in its own memory, ready to run: what carries over from run to run stays there. */
export class Execution {
  readonly program: Program;
  readonly plan: Plan;
  readonly #machine: wasm.Machine;
  readonly #view: (buffer: Buffer) => TypedArray;
  readonly #inputs: readonly TypedArray[];
  readonly #outputs: readonly TypedArray[];
  readonly #carried: ReadonlySet<Buffer>;
  /** Whether what is computed from what was written has been. */
  #isOpen = false;

  /**
   * @throws ConfigurationError for a program that closes over a tensor under differentiation, or a schedule
   *   that does not fit.
   */
  constructor(program: Program, schedule: Schedule = {}) {
    requireSchedule(requireProgram(program, 'Execution'), schedule, 'Execution');
    if (!isClosed(program))
      throw new ConfigurationError(
        `${program.name}: it closes over a tensor that is being differentiated or traced, and runs on numbers; pass it as an argument`,
      );
    this.program = program;
    this.plan = planOf(program, schedule);
    const { inputs, outputs, constants, words, opening, bytes } = this.plan;
    this.#machine = new wasm.Machine(bytes, {
      relaxed: wasm.resolveRelaxedSimd(schedule.relaxedSimd ?? false, dtypesOf(program)),
      call: (id) => this.#call(this.plan.calls[id]),
      loops: this.plan.loops,
    });
    const { buffer: memory } = this.#machine.memory;
    const view = ({ dtype, address, size }: Buffer) => new views[dtype](memory, address, size);
    this.#view = view;
    for (const [buffer, data] of constants) view(buffer).set(data);
    new Int32Array(memory, opening, words.length).set(words);
    this.#inputs = inputs.map(view);
    this.#carried = new Set([...(schedule.updates?.values() ?? [])].map((at) => inputs[at]));
    this.#outputs = outputs.map(view);
  }

  /** The size of its memory in bytes: all arrays, the words of the plan and what the kernels need, 64 KiB at a time. */
  get bytes(): number {
    return this.#machine.memory.buffer.byteLength;
  }

  /** The inputs that are taken to be zero: a plan of their own is needed when they are not. */
  get zeros(): readonly number[] {
    return this.plan.zeros;
  }

  /**
   * The memory of an input, to be written before a run. It takes any number, as typed arrays do: an int32
   * keeps the low bits of 2^32.
   */
  input(at: number): TypedArray {
    return this.#inputs[at];
  }

  /** The memory of an output, to be read after a run. */
  output(at: number): TypedArray {
    return this.#outputs[at];
  }

  /**
   * Writes an input. @throws DTypeError or ShapeError for a tensor of another type: a typed array would
   * convert it without a word.
   */
  write(at: number, x: Tensor): void {
    requireType(this.program, at, x);
    this.#inputs[at].set(dataOf(x));
    if (this.#carried.has(this.plan.inputs[at])) this.#isOpen = false;
  }

  /** Writes the inputs that are replaced by outputs, all of them, in order. */
  load(numbers: readonly TypedArray[]): void {
    let at = 0;
    this.plan.inputs.forEach((buffer, i) => {
      if (this.#carried.has(buffer)) this.#inputs[i].set(numbers[at++]);
    });
    this.#isOpen = false;
  }

  /** A copy of an output. */
  read(at: number): Tensor {
    const { shape } = this.program.outputs[at];
    return fromData(this.#outputs[at].slice() as TypedArray, [...shape]);
  }

  /** @throws IndexError when an index that came in points outside its rows: to be called before each part. */
  check(stage = 0): void {
    const bounds = this.plan.bounds[stage];
    for (let at = 0; at < bounds.length; at++) this.#checkOne(bounds[at]);
  }

  #checkOne({ input, positions, rows, operation }: IndexBound): void {
    const ids = this.#inputs[input];
    const count = positions?.length ?? ids.length;
    for (let i = 0; i < count; i++) {
      const id = ids[positions?.[i] ?? i];
      if (id < 0 || id >= rows) {
        const { label, shape } = this.program.inputs[input];
        throw new IndexError(
          `${operation}: index ${id} of ${label ?? `input ${input} ${formatShape(shape)}`} is outside 0..${rows - 1}`,
        );
      }
    }
  }

  /** Runs the plan, or a part of it after all those before; indices must have been checked. */
  run(stage = 0): void {
    const { opening, ends } = this.plan;
    this.#machine.run(this.#isOpen ? ends[stage] : opening, ends[stage + 1]);
    this.#isOpen = true;
  }

  /** Whether everything that carries over from run to run is finite. */
  get finite(): boolean {
    return this.#machine.finite([...this.#carried]);
  }

  /**
   * Whether a run may throw: it calls a primitive that a user declared, or follows an index that it computes.
   * Nothing carried has changed then.
   */
  get mayThrow(): boolean {
    return this.plan.calls.length > 0;
  }

  /**
   * An equation by its primitive's own `evaluate`. It is given copies, because it may keep what it is given.
   */
  #call({ equation: { primitive, operands, parameters }, out, operands: places }: Call): void {
    const given = places.map((place, i) => {
      if (place instanceof Tensor) return place;
      const x = fromData(this.#view(place).slice() as TypedArray, operands[i].shape as Shape);
      x.label = operands[i].label;
      return x;
    });
    this.#view(out).set(dataOf(bind(primitive, given, parameters)));
  }
}

function dtypesOf({ inputs, equations, outputs }: Program): readonly DType[] {
  return [...inputs, ...equations.map(({ result }) => result), ...outputs].map(({ dtype }) => dtype);
}
