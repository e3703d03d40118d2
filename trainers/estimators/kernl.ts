import { add, clip, div, dot, matmul, mul, outer, sub } from '../../autodiff/index.ts';
import {
  cast,
  eye,
  type FloatDType,
  full,
  guard,
  leavesOf,
  type Noise,
  type Tensor,
  zeros,
} from '../../lib/index.ts';
import { flattenTree, unflattenTree, zerosOf } from '../algebra.ts';
import { type DiagonalInfluence, ownUnitTraces } from './entries/ownUnitTraces.ts';
import { ageOf, unlessNew } from './rule/age.ts';
import { type Estimator, stepwise } from './rule/estimator.ts';
import type { Rule } from './rule/rule.ts';
import type { Cost, Sizes } from './step/cost.ts';
import { pick } from './step/pick.ts';
import type { StepStructure } from './step/step-structure.ts';
import { tracedOf } from './step/traced.ts';
import type { Transition } from './step/transition.ts';
import { ownUnits } from './step/units.ts';

export type KernlInfluence = {
  /** The traces of the parameters. */
  readonly traces: DiagonalInfluence;
  /** A, [S, S], and λ, [S]: learnt. */
  readonly sensitivity: Tensor;
  readonly decays: Tensor;
  /** Of the perturbed network: ψ, ω and ∂ω/∂λ, [S] each. */
  readonly deviation: Tensor;
  readonly perturbation: Tensor;
  readonly slope: Tensor;
  /** 0 at the start and after a reset, 1 from the first step on; a scalar. */
  readonly age: Tensor;
};

export interface KernlOptions {
  /** The leak 1 - λ of all state elements at the start. 0.5 by default. */
  readonly leak?: number;
  /** The rate at which A and λ are learnt, relative to the squared norms; 0 leaves them. 0.01 by default. */
  readonly rate?: number;
  /** The size σ of the perturbation of the state. 1e-3 by default. */
  readonly deviation?: number;
}

export const kernlOptions = {
  leak: guard.setting(guard.between(0, 1), 'the leak of the traces at the start'),
  rate: guard.setting(guard.between(0, 1), 'how fast the kernel is learnt'),
  deviation: guard.setting(guard.between(1e-8, 1), 'size of the perturbation of the state'),
} satisfies guard.Checks<KernlOptions>;

/**
 * KeRNL, kernel RNN learning (Roth, Kanitscheider & Fiete 2019, ICLR; in the form of Marschall, Cho & Savin 2020).
 * It takes an influence of state element j on element i, k steps later, to be A_ij λ_j^k:
 *
 *     G ≈ A E        E_jp ← λ_j E_jp + I_jp      for the state elements j of the unit of θ_p
 *
 * A and λ are learnt from a second network, ŝ, that is perturbed by ν, uniform in {±1}^S, at every step:
 *
 *     ŝ' = F(θ, ŝ, x) + σ ν        ψ = (ŝ - s)/σ        ω' = λ∘ω + ν        r = ψ' - A ω'
 *     A ← A + η r ⊗ ω'/(1 + ‖ω'‖²)        λ ← λ + η (Aᵀr)∘χ/(1 + ‖χ‖²), within [0, 1]        χ = ∂ω'/∂λ
 *
 * (The steps of the papers are not divided by the squared norms.) It takes no loss, and learns from inputs that are
 * only observed too. What it has learnt is part of a checkpoint, and kept at a reset. Biased; with a rate of 0 it is
 * RFLO, on units whose parameters reach no others within a step.
 * @throws ConfigurationError at the first input, for a step that cannot be traced.
 */
export function kernl(options: KernlOptions = {}): Estimator<KernlInfluence> {
  const { leak = 0.5, rate = 0.01, deviation = 1e-3 } = guard.options('kernl', options, kernlOptions);
  return {
    name: 'kernl',
    bias: 'approximate',
    options: kernlOptions,
    settings: { leak, rate, deviation },
    ...stepwise,
    cost: ({ state, parameters }: Sizes): Cost => ({
      time: 6 * parameters + 4 * state * state,
      memory: parameters + state * (state + 4) + 1,
    }),
    bind: (step) => bindTo(step, { leak, rate, deviation }),
  };
}

function bindTo(
  step: StepStructure,
  { leak, rate, deviation: sigma }: Required<KernlOptions>,
): Rule<KernlInfluence> {
  const traced = ownUnitTraces(step, 'kernl', 'local');
  const { state: size } = step.sizes;
  const [{ dtype }] = leavesOf(step.state);
  const nothing = () => ({
    deviation: zeros([size], { dtype }),
    perturbation: zeros([size], { dtype }),
    slope: zeros([size], { dtype }),
    age: ageOf(0, step.state),
  });
  return {
    structure: traced.structure,
    cost: {
      time: traced.cost.time + 2 * step.sizes.parameters + 4 * size * size,
      memory: traced.cost.memory + size * (size + 4) + 1,
    },
    start: (noise) => ({
      traces: traced.start(noise),
      sensitivity: eye(size, { dtype: dtype as FloatDType }),
      decays: full([size], 1 - leak, { dtype: dtype as FloatDType }),
      ...nothing(),
    }),
    restart: ({ traces, sensitivity, decays }) => ({
      traces: { units: traces.units, traces: zerosOf(traces.traces) },
      sensitivity,
      decays,
      ...nothing(),
    }),
    advance(influence, transition, noise) {
      const { traces, decays } = influence;
      return {
        traces: decayed(step, traces, decays, transition),
        ...learnt(influence, transition, noise, rate, sigma),
      };
    },
    pull({ traces, sensitivity, age }, cotangent) {
      const known = unlessNew(age, flattenTree(cotangent));
      return traced.pull(traces, unflattenTree(matmul(known, sensitivity), cotangent));
    },
    expand: (influence) => influence,
  };
}

/** E' = λ∘E + I, on the state elements of the units. */
function decayed(
  step: StepStructure,
  { units, traces }: DiagonalInfluence,
  decays: Tensor,
  transition: Transition,
): DiagonalInfluence {
  const { groups, leaves } = ownUnits(step);
  const entries = transition.entries();
  const own = [
    ...groups.map((rows, g) => rows.map((row) => ({ row, immediate: entries.group(g, row) }))),
    ...leaves.map(({ leaf, rows }) => rows.map((row) => ({ row, immediate: entries.leaf(leaf, row) }))),
  ];
  return {
    units,
    traces: tracedOf(step, leaves).map((one, i) =>
      own[one.unit].map(({ row, immediate }, k) =>
        add(mul(one.spread(pick(decays, row)), traces[i][k]), one.immediate(immediate, entries)),
      ),
    ),
  };
}

/** The perturbed network a step on, and A and λ nearer to what it does. */
function learnt(
  { sensitivity, decays, deviation, perturbation, slope }: KernlInfluence,
  { parameters, state, input, evaluate }: Transition,
  noise: Noise,
  rate: number,
  sigma: number,
): Omit<KernlInfluence, 'traces'> {
  const signs = cast(noise.signs(deviation.shape), deviation.dtype);
  const beside = unflattenTree(add(flattenTree(state), mul(deviation, sigma)), state);
  const [there, here] = [beside, state].map((at) => flattenTree(evaluate(parameters, at, input).state));
  const away = add(div(sub(there, here), sigma), signs);
  const now = add(mul(decays, perturbation), signs);
  const steeper = add(mul(decays, slope), perturbation);
  const error = sub(away, matmul(sensitivity, now));
  const along = (direction: Tensor, vector: Tensor) => mul(direction, div(rate, add(dot(vector, vector), 1)));
  return {
    sensitivity: add(sensitivity, outer(along(error, now), now)),
    decays: clip(add(decays, along(mul(matmul(error, sensitivity), steeper), steeper)), 0, 1),
    deviation: away,
    perturbation: now,
    slope: steeper,
    age: ageOf(1, state),
  };
}
