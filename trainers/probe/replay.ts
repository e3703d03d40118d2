import { dataOf, type FloatDType, full, leavesOf, type Tree, type TypedArray } from '../../lib/index.ts';
import { addTrees, copyOfTree, scaleTree } from '../algebra.ts';
import type { LearnerConfig } from '../learner/given/config.ts';
import { type Point, treeOf } from '../learner/plan/point.ts';
import { type Systems, systemsOf } from '../learner/systems/system.ts';
import { pullLosses, takeStep } from '../learner/window/step.ts';

/** The gradient of the trajectory that was visited against the one at today's parameters. */
export interface Staleness {
  /** The number of steps that are replayed. */
  readonly window: number;
  /** Number of replays. */
  readonly replays: number;
  /** The mean cosine between RTRL's gradient and that of the replay. 1 if the parameters do not move. */
  readonly cosine: number;
  /** The mean of |RTRL's gradient| / |the replay's|. */
  readonly normRatio: number;
}

interface Held {
  readonly states: readonly unknown[];
  readonly inputs: readonly unknown[];
  readonly targets: readonly unknown[] | undefined;
}

/** Replays the last inputs at today's parameters, and pulls the last loss back through all of them. */
export class Replay {
  readonly #systems: Systems;
  readonly #dtype: FloatDType;
  readonly #window: number;
  readonly #like: { readonly parameters: Tree; readonly state: Tree };
  readonly #held: Held[] = [];
  #sinceReplay = 0;
  #replays = 0;
  #cosine = 0;
  #ratio = 0;

  /** @param like trees like the parameters and the state that the learner shows. */
  constructor(
    config: LearnerConfig<unknown, unknown, unknown, unknown>,
    like: { readonly parameters: Tree; readonly state: Tree },
    dtype: FloatDType,
    window: number,
  ) {
    this.#like = like;
    this.#systems = systemsOf(config, dtype);
    this.#dtype = dtype;
    this.#window = window;
  }

  get result(): Staleness {
    const replays = this.#replays;
    return {
      window: this.#window,
      replays,
      cosine: this.#cosine / replays,
      normRatio: this.#ratio / replays,
    };
  }

  /** Takes in a step; at the last one of every `window` it compares. `exact` is RTRL's gradient of this step. */
  add(
    point: Point,
    input: unknown,
    target: { readonly value: unknown } | undefined,
    exact?: readonly TypedArray[],
  ): void {
    const { distribute } = this.#systems;
    const copied = (value: unknown) => (typeof value === 'number' ? value : copyOfTree(value));
    this.#held.push({
      states: distribute(treeOf(this.#like.state, point.state), 'state'),
      inputs: distribute(input, 'input').map(copied),
      targets: target && distribute(target.value, 'target').map(copied),
    });
    if (this.#held.length > this.#window) this.#held.shift();
    this.#sinceReplay++;
    if (exact === undefined || this.#held.length < this.#window || this.#sinceReplay < this.#window) return;
    this.#sinceReplay = 0;
    this.#compare(exact, this.#gradientAt(treeOf(this.#like.parameters, point.parameters)));
  }

  forget(): void {
    this.#held.length = 0;
    this.#sinceReplay = 0;
  }

  #gradientAt(parameters: unknown): Tree {
    const { model, loss } = this.#systems;
    const { states, inputs } = this.#held[0];
    const gradients = inputs.map((_, system) => {
      let state = states[system];
      const steps = this.#held.map(({ inputs: given, targets }) => {
        const target = targets && { value: targets[system] };
        const step = takeStep(model, loss, { parameters, state, input: given[system], target });
        state = step.next;
        return step;
      });
      return pullLosses(steps, 1, full([], 1, { dtype: this.#dtype })).parameters;
    });
    return scaleTree(
      gradients.reduce((sum, part) => addTrees(sum, part)),
      1 / gradients.length,
    ) as Tree;
  }

  #compare(exact: readonly TypedArray[], replayed: Tree): void {
    let [product, own, other] = [0, 0, 0];
    const leaves = leavesOf(replayed).map(dataOf);
    exact.forEach((leaf, i) => {
      leaf.forEach((value: number, at: number) => {
        product += value * leaves[i][at];
        own += value * value;
        other += leaves[i][at] ** 2;
      });
    });
    if (own === 0 || other === 0) return;
    this.#replays++;
    this.#cosine += product / Math.sqrt(own * other);
    this.#ratio += Math.sqrt(own / other);
  }
}
