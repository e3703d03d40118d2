import { type Declare, type Runner, runnerOf, trace } from '../../autodiff/index.ts';
import { alignLeaves, dataOf, leavesOf, type Noise, NoiseError, rebuild, type Tensor, type Tree } from '../../lib/index.ts';
import type { Clock } from '../optimizers/index.ts';
import { Keepsake } from './keepsake.ts';
import { moveOn, type Setting, takeSteps } from './learn.ts';
import type { Memory } from './memory.ts';
import { declareTree, lift, type Moment, type Numbers, writeMoments } from './moment.ts';

/** The part of a memory that stays in the plan's arena from run to run. */
export type Resident = {
  readonly parameters: unknown;
  readonly moments: unknown;
  readonly lanes: readonly { readonly state: unknown; readonly influence: unknown }[];
};

/** How far a learner has come. */
export type Counters = Pick<Memory, 'steps' | 'updates'>;

/**
 * Learning from a run of moments that ends with an update, as one plan: a traced `takeSteps` and `moveOn`, with the memory in the
 * arena, the estimator's draws and the functions of time among the inputs.
 */
export class LearnPlan {
  readonly execution: Runner;
  readonly #resident: Resident;
  readonly #residents: number;
  readonly #numbers: Numbers;
  readonly #draws: { readonly at: number; readonly shape: readonly number[] }[] = [];
  readonly #times: { readonly at: number; readonly value: (counters: Counters) => number }[] = [];
  readonly #gradient: { readonly like: unknown; readonly at: number };
  readonly #losses: readonly number[];
  readonly #outputs: Keepsake;

  constructor(setting: Setting, memory: Memory, moments: readonly Moment[], numbers: Numbers, withGradient: boolean) {
    const { dtype } = setting;
    const fedTree = moments.map((moment) => lift(moment, dtype, numbers)) as unknown as Tree;
    this.#numbers = numbers;
    const resident = residentOf(memory);
    this.#resident = resident;
    this.#residents = leavesOf(resident as Tree).length;
    let declared = 0;
    const { program, result } = trace('learn', (declare) => {
      const counted: Declare = (type, label) => {
        declared++;
        return declare(type, label);
      };
      const own = declareTree(resident, counted, '');
      const fed = declareTree(fedTree, counted, '') as unknown as readonly Moment[];
      const noise = drawsAs((shape) => {
        this.#draws.push({ at: declared, shape });
        return counted({ shape, dtype });
      });
      let now: Memory = { ...memory, ...own, lanes: own.lanes.map((lane) => ({ ...lane, window: [] })) };
      const outcomes = fed.map((moment) => {
        const steps = takeSteps({ ...setting, noise }, now, moment.inputs, moment.targets);
        const ahead = now.steps - memory.steps;
        const clock = this.#clock(ahead, (value) => {
          this.#times.push({ at: declared, value });
          return counted({ shape: [], dtype });
        });
        now = moveOn({ ...setting, noise }, now, steps, clock);
        return steps;
      });
      const last = outcomes[outcomes.length - 1];
      return {
        resident: rebuild(resident as Tree, alignLeaves(resident as Tree, residentOf(now), 'learner') as Tensor[]),
        gradient: (withGradient ? now.gradient : []) as Tree,
        losses: last.flatMap(({ loss }) => loss ?? []),
        outputs: last.map(({ output }) => output),
      };
    });
    const sizes = result as unknown as { gradient: Tree; losses: Tensor[]; outputs: Tensor[] };
    const gradientAt = this.#residents;
    const lossesAt = gradientAt + leavesOf(sizes.gradient).length;
    const outputsAt = lossesAt + sizes.losses.length;
    this.#gradient = { like: sizes.gradient, at: gradientAt };
    this.execution = runnerOf(program, new Map(Array.from({ length: this.#residents }, (_, i) => [i, i])));
    this.#losses = sizes.losses.map((_, i) => lossesAt + i);
    this.#outputs = new Keepsake(
      this.execution,
      sizes.outputs.map((_, i) => outputsAt + i),
    );
  }

  /** Puts a memory into the arena. */
  load(memory: Memory): void {
    leavesOf(residentOf(memory) as Tree).forEach((leaf, i) => {
      this.execution.write(i, leaf);
    });
  }

  /** The memory in the arena. */
  unload(): Resident {
    return rebuild(
      this.#resident as Tree,
      Array.from({ length: this.#residents }, (_, i) => this.execution.read(i)),
    ) as unknown as Resident;
  }

  /** The last gradient, if the plan was made to keep it. */
  gradient(): unknown {
    const like = this.#gradient.like as Tree;
    return rebuild(
      like,
      leavesOf(like).map((_, i) => this.execution.read(this.#gradient.at + i)),
    );
  }

  /** Learns from moments of the traced types, with the functions of time taken at these counters. */
  run(moments: readonly Moment[], counters: Counters, noise: Noise): void {
    const { execution } = this;
    writeMoments(execution, this.#residents, moments, this.#numbers);
    execution.check();
    for (const { at, shape } of this.#draws) {
      const target = execution.input(at);
      if (noise.fillSigns !== undefined && !(target instanceof Int32Array)) noise.fillSigns(target);
      else target.set(dataOf(noise.signs(shape)));
    }
    for (const { at, value } of this.#times) execution.input(at)[0] = value(counters);
    execution.run();
  }

  losses(): number[] {
    return this.#losses.map((at) => this.execution.output(at)[0]);
  }

  /** The outputs of the last run, whenever they are asked for. */
  outputs(): () => Tensor[] {
    return this.#outputs.keep();
  }

  #clock(ahead: number, declare: (value: (counters: Counters) => number) => Tensor): Clock {
    return {
      steps: (f) => declare(({ steps }) => f(steps + ahead)),
      updates: (f) => declare(({ updates }) => f(updates + 1)),
    };
  }
}

function residentOf({ parameters, moments, lanes }: Pick<Memory, 'parameters' | 'moments' | 'lanes'>): Resident {
  return { parameters, moments, lanes: lanes.map(({ state, influence }) => ({ state, influence })) };
}

/** Noise whose signs are inputs of the plan. */
function drawsAs(signs: (shape: readonly number[]) => Tensor): Noise {
  const refuse = (): never => {
    throw new NoiseError('an estimator draws signs only while it learns');
  };
  const noise: Noise = { signs, normal: refuse, uniform: refuse, integer: refuse, split: () => noise, save: refuse };
  return noise;
}
