import type { Execution } from '../../../autodiff/index.ts';
import {
  dataOf,
  type Noise,
  NoiseError,
  type Shape,
  type Tensor,
  type TypedArray,
} from '../../../lib/index.ts';
import { eachLane } from '../systems/lanes.ts';

/** A draw or a split by the traced estimator, in order. Sources are numbered; 0 is the learner's own. */
type Event =
  | {
      readonly kind: 'signs' | 'normal' | 'uniform';
      readonly from: number;
      readonly shape: Shape;
      readonly at: number;
    }
  | { readonly kind: 'split'; readonly from: number };

/** Adds an input to the plan, which all lanes share, for a draw of this shape in each lane. */
type DeclareDraw = (shape: Shape) => { readonly at: number; readonly input: Tensor };

/**
 * The draws of an estimator within a plan, as inputs that are redrawn before each run. The order is that of
 * lanes taken one by one: in each round, all draws of a lane come before those of the next.
 */
export class Draws {
  readonly #rounds: { readonly events: Event[]; sources: number }[] = [{ events: [], sources: 1 }];
  readonly #lanes: number;
  /** The numbers of each lane in the inputs that are drawn. */
  readonly #views = new Map<number, readonly TypedArray[]>();

  constructor(lanes: number) {
    this.#lanes = lanes;
  }

  /** The noise to trace with. */
  noise(declare: DeclareDraw): Noise {
    return this.#source(0, declare);
  }

  /** From here on, draws are made when every lane has made those before. */
  nextRound(): void {
    this.#rounds.push({ events: [], sources: 1 });
  }

  /** Draws for one run, in the order of the traced code. */
  fill(runner: Execution, noise: Noise): void {
    for (let round = 0; round < this.#rounds.length; round++) {
      const { events } = this.#rounds[round];
      if (events.length > 0)
        for (let lane = 0; lane < this.#lanes; lane++) this.#fillLane(events, lane, runner, noise);
    }
  }

  #fillLane(events: readonly Event[], lane: number, runner: Execution, noise: Noise): void {
    const sources = [noise];
    for (let i = 0; i < events.length; i++) {
      const event = events[i];
      const source = sources[event.from];
      if (event.kind === 'split') {
        sources.push(source.split());
        continue;
      }
      const target = this.#viewsOf(runner, event.at)[lane];
      if (event.kind === 'signs' && source.fillSigns !== undefined && !(target instanceof Int32Array))
        source.fillSigns(target);
      else target.set(dataOf(source[event.kind](event.shape)));
    }
  }

  #viewsOf(runner: Execution, at: number): readonly TypedArray[] {
    const known = this.#views.get(at);
    if (known !== undefined) return known;
    const views = eachLane(runner.input(at), this.#lanes);
    this.#views.set(at, views);
    return views;
  }

  #source(from: number, declare: DeclareDraw): Noise {
    const draw = (kind: 'signs' | 'normal' | 'uniform') => (shape: Shape) => {
      const { at, input } = declare(shape);
      this.#round.events.push({ kind, from, shape, at });
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
        this.#round.events.push({ kind: 'split', from });
        return this.#source(this.#round.sources++, declare);
      },
    };
  }

  get #round(): { readonly events: Event[]; sources: number } {
    return this.#rounds[this.#rounds.length - 1];
  }
}
