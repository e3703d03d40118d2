import type { Noise, Tree } from '../../lib/index.ts';
import type { Estimator, RankOne, Transition } from '../../trainers/index.ts';
import { lengthOf, numbersOf, treeFrom } from '../../trainers/testing/numbers.ts';
import { unitTrees, zerosLike } from '../../trainers/testing/unrolled.ts';

/**
 * The parts of UORO that an impostor can change, written on plain numbers and apart from the library's own.
 * The defaults are the honest rules.
 */
interface Rules {
  /** J s̃. */
  readonly push?: (pushed: number[], transition: Transition, tangent: readonly number[]) => number[];
  /** ν, given what the noise draws. */
  readonly signs?: (drawn: number[]) => number[];
  readonly rho0?: (
    honest: number,
    given: { theta: number; pushed: readonly number[]; signs: readonly number[] },
  ) => number;
  readonly rho1?: (honest: number, signs: readonly number[]) => number;
  /** (s̃, θ̃) as the gradient uses them, from the pair now and the pair of one step before. */
  readonly pairing?: (now: Pair, before: Pair) => Pair;
  readonly scale?: number;
  readonly joint?: boolean;
}

interface Pair {
  readonly s: number[];
  readonly theta: number[];
}

/** UORO with other rules. */
export function variant(rules: Rules = {}): Estimator<Held> {
  const { scale = 1, pairing = (now) => now } = rules;
  return {
    name: 'variant',
    bias: 'none',
    settings: {},
    window: 1,
    stride: 1,
    restarts: false,
    joint: rules.joint ?? false,
    cost: () => ({ time: 1, memory: 1 }),
    bind: ({ parameters, state }) => ({
      structure: 'two pairs',
      cost: { time: 1, memory: 1 },
      start: () => ({
        ...pairOf(zerosLike(state), zerosLike(parameters)),
        before: pairOf(zerosLike(state), zerosLike(parameters)),
      }),
      advance: (influence, transition, noise) => advance(influence, transition, noise, rules),
      pull({ before, ...now }, cotangent) {
        const { s, theta } = pairing(numbers(now), numbers(before));
        const weight = scale * numbersOf(cotangent).reduce((sum, value, i) => sum + value * s[i], 0);
        return treeFrom(
          theta.map((value) => value * weight),
          now.parameterTangent,
        );
      },
      expand: ({ before: _, ...now }) => now,
    }),
  };
}

type Held = RankOne & { readonly before: RankOne };

function advance(influence: Held, transition: Transition, noise: Noise, rules: Rules): Held {
  const { before: _, ...now } = influence;
  const { s, theta } = numbers(now);
  const honest = numbersOf(transition.push(undefined, now.stateTangent));
  const pushed = rules.push?.(honest, transition, s) ?? honest;
  const drawn = numbersOf(noise.signs([s.length]));
  const signs = rules.signs?.(drawn) ?? drawn;
  const immediate = numbersOf(transition.pull(treeFrom(signs, now.stateTangent)).parameters);
  const balance = (w: number, v: number) => Math.sqrt((w + 1e-5) / (v + 1e-5));
  const one = balance(lengthOf(theta), lengthOf(pushed));
  const rho0 = rules.rho0?.(one, { theta: lengthOf(theta), pushed, signs }) ?? one;
  const two = balance(lengthOf(immediate), lengthOf(signs));
  const rho1 = rules.rho1?.(two, signs) ?? two;
  return {
    stateTangent: treeFrom(
      pushed.map((value, i) => rho0 * value + rho1 * signs[i]),
      now.stateTangent,
    ),
    parameterTangent: treeFrom(
      theta.map((value, i) => value / rho0 + immediate[i] / rho1),
      now.parameterTangent,
    ),
    before: now,
  };
}

/**
 * Each makes an estimator with one thing wrong. One that draws once and keeps
 * the draw does so for one estimator, which is one run.
 */
export const impostors: Readonly<Record<string, () => Estimator>> = {
  'drops the Jacobian': () => variant({ push: (pushed) => pushed.map(() => 0) }),
  'keeps the diagonal of the Jacobian only': () =>
    variant({
      push: (_, transition, tangent) =>
        unitTrees(transition.state).map(
          (unit, i) => numbersOf(transition.push(undefined, unit))[i] * tangent[i],
        ),
    }),
  'uses its first signs for ever': () => {
    let first: number[] | undefined;
    return variant({
      signs(drawn) {
        first ??= drawn;
        return first;
      },
    });
  },
  'has a ρ1 that is not even in the signs': () =>
    variant({ rho1: (honest, signs) => honest * Math.exp(0.5 * signs[0]) }),
  'has a ρ0 that knows the new signs': () =>
    variant({
      rho0: (_, { theta, pushed, signs }) =>
        Math.sqrt((theta + 1e-5) / (lengthOf(pushed.map((value, i) => value + signs[i])) + 1e-5)),
    }),
  'pairs the cotangent with the s̃ of a step before': () =>
    variant({ pairing: ({ theta }, { s }) => ({ s, theta }) }),
  'is a step behind with both of its vectors': () => variant({ pairing: (_, before) => before }),
  'is scaled by 1.15': () => variant({ scale: 1.15 }),
};

/** Wrong in how lanes share their signs. */
export const lanesImpostors = {
  'joint lanes that share their signs': () =>
    variant({ joint: true, signs: (drawn) => drawn.map((_, i) => drawn[i % (drawn.length / 2)]) }),
  'lanes that share their signs': () => {
    let kept: number[] | undefined;
    return variant({
      signs(drawn) {
        if (kept === undefined) kept = drawn;
        else {
          const shared = kept;
          kept = undefined;
          return shared;
        }
        return drawn;
      },
    });
  },
} satisfies Readonly<Record<string, () => Estimator>>;

function numbers({ stateTangent, parameterTangent }: RankOne): Pair {
  return { s: numbersOf(stateTangent), theta: numbersOf(parameterTangent) };
}

function pairOf(stateTangent: Tree, parameterTangent: Tree): RankOne {
  return { stateTangent, parameterTangent };
}
