import type { Execution } from '../../autodiff/index.ts';
import { dataOf, type Noise, NoiseError, type Shape, type Tensor } from '../../lib/index.ts';

/** A draw or a split by the traced estimator, in order. Sources are numbered; 0 is the learner's own. */
type Event =
  | {
      readonly kind: 'signs' | 'normal' | 'uniform';
      readonly from: number;
      readonly shape: Shape;
      readonly at: number;
    }
  | { readonly kind: 'split'; readonly from: number };

/** The draws of an estimator within a plan, as inputs that are redrawn before each run. */
export class Draws {
  readonly #events: Event[] = [];
  #sources = 1;

  /** The noise to trace with. @param declare adds an input to the plan and returns its index. */
  noise(declare: (shape: Shape) => { readonly at: number; readonly input: Tensor }): Noise {
    return this.#source(0, declare);
  }

  /** Draws for one run, in the order of the traced code. */
  fill(runner: Execution, noise: Noise): void {
    const sources = [noise];
    for (let i = 0; i < this.#events.length; i++) {
      const event = this.#events[i];
      const source = sources[event.from];
      if (event.kind === 'split') {
        sources.push(source.split());
        continue;
      }
      const target = runner.input(event.at);
      if (event.kind === 'signs' && source.fillSigns !== undefined && !(target instanceof Int32Array))
        source.fillSigns(target);
      else target.set(dataOf(source[event.kind](event.shape)));
    }
  }

  #source(from: number, declare: (shape: Shape) => { readonly at: number; readonly input: Tensor }): Noise {
    const draw = (kind: 'signs' | 'normal' | 'uniform') => (shape: Shape) => {
      const { at, input } = declare(shape);
      this.#events.push({ kind, from, shape, at });
      return input;
    };
    const refuse = (what: string) => (): never => {
      throw new NoiseError(
        `${what}: not while a plan is traced; draw signs, normal or uniform numbers, or give the learner { eager: true }`,
      );
    };
    return {
      signs: draw('signs'),
      normal: draw('normal'),
      uniform: draw('uniform'),
      integer: refuse('integer'),
      coin: refuse('coin'),
      save: refuse('save'),
      split: () => {
        this.#events.push({ kind: 'split', from });
        return this.#source(this.#sources++, declare);
      },
    };
  }
}
