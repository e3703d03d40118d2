import type { Execution } from '../../../autodiff/index.ts';
import {
  DTypeError,
  fromData,
  leavesOf,
  rebuild,
  Tensor,
  type Tree,
  type TypedArray,
} from '../../../lib/index.ts';
import type { Meanings } from '../window/plainNumbers.ts';
import { sameType, signatureOf, type Targets, type TimeStep } from '../window/timeStep.ts';

/** Where inputs of a plan are written. */
type Entry = Pick<Execution, 'input' | 'write'>;

/** The inputs of a plan for the time steps of a window. */
export class Feed {
  /** A key for the type of window. */
  readonly signature: string;
  /** Whether the program is for a window that begins with an absent influence. */
  readonly isFirst: boolean;
  /** Examples of the time steps. */
  readonly timeSteps: readonly TimeStep[];
  readonly #runner: Entry;
  readonly #numbers: Meanings;
  /** The first input of each time step. */
  readonly #begins: readonly number[];
  /** The numbers of the window, leaf by leaf, as the plan reads them. */
  readonly numbers: readonly TypedArray[];

  /** @param begin the first input of the first time step. */
  constructor(
    runner: Entry,
    begin: number,
    timeSteps: readonly TimeStep[],
    numbers: Meanings,
    isFirst = false,
  ) {
    let at = begin;
    this.#begins = timeSteps.map(({ inputs, targets = [] }) => {
      const own = at;
      for (const value of [...inputs, ...targets])
        at += typeof value === 'number' ? 1 : leavesOf(value as Tree).length;
      return own;
    });
    this.signature = signatureOf(timeSteps, isFirst);
    this.isFirst = isFirst;
    this.timeSteps = timeSteps;
    this.numbers = Array.from({ length: at - begin }, (_, i) => runner.input(begin + i));
    this.#runner = runner;
    this.#numbers = numbers;
  }

  /** Whether time step t of a window has the type that the plan was made for. */
  fits(t: number, inputs: readonly unknown[], targets: Targets): boolean {
    const own = this.timeSteps[t];
    return sameType(own.inputs, inputs) && sameType(own.targets, targets);
  }

  /** Time step t as it came in, in memory of its own. */
  read(t: number): TimeStep {
    let at = this.#begins[t];
    const next = (like: unknown): unknown => {
      if (typeof like === 'number') return this.#runner.input(at++)[0];
      const copies = leavesOf(like as Tree).map(({ shape, label }) => {
        const copy = fromData(this.#runner.input(at++).slice() as TypedArray, [...shape]);
        copy.label = label;
        return copy;
      });
      return rebuild(like as Tree, copies);
    };
    const { inputs, targets } = this.timeSteps[t];
    return { inputs: inputs.map(next), targets: targets?.map(next) };
  }

  /** Number of the first time steps that are learnt from. */
  scored(count: number): number {
    let scored = 0;
    for (let t = 0; t < count; t++) if (this.timeSteps[t].targets !== undefined) scored++;
    return scored;
  }

  /** Writes all time steps as they are in a feed of the same types. */
  copy({ numbers }: Feed): void {
    for (let i = 0; i < numbers.length; i++) this.numbers[i].set(numbers[i]);
  }

  /** Writes time step t. @throws DTypeError for a class that is not a 32-bit whole number. */
  write(t: number, inputs: readonly unknown[], targets: Targets): void {
    let at = this.#begins[t];
    for (let i = 0; i < inputs.length; i++) at = this.#put(at, inputs[i], this.#numbers.inputs === 'classes');
    if (targets === undefined) return;
    for (let i = 0; i < targets.length; i++)
      at = this.#put(at, targets[i], this.#numbers.targets === 'classes');
  }

  #put(at: number, value: unknown, isClass: boolean): number {
    if (typeof value === 'number') {
      // An Int32Array would keep the low 32 bits of 2^32, and 0 of a NaN.
      if (isClass && value !== (value | 0))
        throw new DTypeError(
          `${value} is not a class index, which is a 32-bit whole number; give a real number as a tensor`,
        );
      this.#runner.input(at)[0] = value;
      return at + 1;
    }
    const leaves = value instanceof Tensor ? [value] : leavesOf(value as Tree);
    leaves.forEach((leaf, i) => {
      this.#runner.write(at + i, leaf);
    });
    return at + leaves.length;
  }
}
