import { leavesOf, pathsOf, seeded, type Tree } from '../../lib/index.ts';
import {
  bptt,
  diagonal,
  dodge,
  type Estimator,
  eprop,
  frozen,
  kfRtrl,
  noBackTrack,
  rflo,
  rKfRtrl,
  rtrl,
  type StepGroup,
  snap,
  tbptt,
  uoro,
} from '../../trainers/index.ts';
import type { Problem } from './problems.ts';

/** How an influence is written: in full, as pairs of vectors, or by groups of parameters that share a sum. */
type Form = 'none' | 'dense' | 'pairs' | 'directions' | 'products' | 'reverse_products';

/** An estimator under one setting, as the vectors have it. */
export interface Case {
  readonly name: string;
  readonly estimator: string;
  readonly settings: Readonly<Record<string, number | string>>;
  /** The rate of gradient descent; 0 for parameters that do not move. */
  readonly rate: number;
  readonly form: Form;
  /** The arrays that one draw has signs for: the state, all parameters, each group once, or each group's units. */
  readonly draws: 'nothing' | 'state' | 'parameters' | 'groups' | 'units';
  make(): Estimator;
}

/** Signs by name. */
export type Draw = Readonly<Record<string, readonly number[]>>;

const epsilon = 1e-5;
const moving = 0.1;
const exact = { rate: 0, draws: 'nothing' } as const;

export function casesOf({ cell, inputs }: Problem): readonly Case[] {
  const length = inputs.length;
  const still: Omit<Case, 'name'>[] = [
    { ...exact, estimator: 'bptt', settings: { length }, form: 'none', make: () => bptt({ length }) },
    {
      ...exact,
      estimator: 'tbptt',
      settings: { window: 2, stride: 2 },
      form: 'none',
      make: () => tbptt({ window: 2 }),
    },
    {
      ...exact,
      estimator: 'tbptt',
      settings: { window: 3, stride: 1 },
      form: 'none',
      make: () => tbptt({ window: 3, stride: 1 }),
    },
    { ...exact, estimator: 'frozen', settings: {}, form: 'none', make: frozen },
    { ...exact, estimator: 'rtrl', settings: {}, form: 'dense', make: rtrl },
    {
      ...exact,
      estimator: 'snap',
      settings: { n: 1, pairing: 'exact' },
      form: 'dense',
      make: () => snap({ n: 1 }),
    },
    {
      ...exact,
      estimator: 'snap',
      settings: { n: 1, pairing: 'published' },
      form: 'none',
      make: () => snap({ n: 1, pairing: 'published' }),
    },
    { ...exact, estimator: 'own_unit_traces', settings: {}, form: 'dense', make: diagonal },
    // On a tanh network no unit acts on itself without weights, so nothing is carried.
    ...(cell === 'rnn'
      ? []
      : ([
          { ...exact, estimator: 'e_prop', settings: { pairing: 'exact' }, form: 'dense', make: eprop },
          {
            ...exact,
            estimator: 'e_prop',
            settings: { pairing: 'published' },
            form: 'none',
            make: () => eprop({ pairing: 'published' }),
          },
        ] as const)),
    ...(cell === 'rnn'
      ? ([
          {
            ...exact,
            estimator: 'rflo',
            settings: { leak: 0.4, pairing: 'published' },
            form: 'dense',
            make: () => rflo({ leak: 0.4, pairing: 'published' }),
          },
          {
            rate: 0,
            estimator: 'dodge',
            settings: {},
            form: 'directions',
            draws: 'parameters',
            make: dodge,
          },
        ] as const)
      : []),
    {
      rate: 0,
      estimator: 'uoro',
      settings: { rank: 1, window: 1, epsilon },
      form: 'pairs',
      draws: 'state',
      make: () => uoro({ epsilon }),
    },
    {
      rate: 0,
      estimator: 'uoro',
      settings: { rank: 2, window: 2, epsilon },
      form: 'pairs',
      draws: 'state',
      make: () => uoro({ rank: 2, window: 2, epsilon }),
    },
    {
      rate: 0,
      estimator: 'no_back_track',
      settings: { epsilon },
      form: 'pairs',
      draws: 'state',
      make: () => noBackTrack({ epsilon }),
    },
    {
      rate: 0,
      estimator: 'kf_rtrl',
      settings: { epsilon },
      form: 'products',
      draws: 'groups',
      make: () => kfRtrl({ epsilon }),
    },
    {
      rate: 0,
      estimator: 'reverse_kf_rtrl',
      settings: { epsilon },
      form: 'reverse_products',
      draws: 'units',
      make: () => rKfRtrl({ epsilon }),
    },
  ];
  const moved = still.filter(
    ({ estimator, settings }) =>
      estimator === 'rtrl' || estimator === 'tbptt' || (estimator === 'uoro' && settings.rank === 1),
  );
  return [
    ...still.map((own) => ({ ...own, name: nameOf(own) })),
    ...moved.map((own) => ({
      ...own,
      name: `${nameOf(own)} while learning`,
      rate: moving,
      form: 'none' as const,
    })),
  ];
}

/** `uoro rank 2 window 2`. */
function nameOf({ estimator, settings }: Omit<Case, 'name'>): string {
  const shown = Object.entries(settings).filter(([key]) => key !== 'epsilon' && key !== 'length');
  return [estimator, ...shown.map(([key, value]) => `${key} ${value}`)].join(' ');
}

/** The signs of a case: for each update a list of draws; for directions, one draw before the first. */
export function drawsOf(problem: Problem, own: Case, groups: readonly StepGroup[]): Draw[][] {
  const sizes = sizesOf(problem, own, groups);
  if (sizes.length === 0) return [];
  const { rank = 1, window = 1 } = own.settings as { rank?: number; window?: number };
  const updates = own.draws === 'parameters' ? 1 : problem.inputs.length / window;
  // With this seed no impostor is lucky: two signs that are both flipped, say, change nothing.
  const noise = seeded(8);
  return Array.from({ length: updates }, () =>
    Array.from({ length: rank }, () =>
      Object.fromEntries(sizes.map(([name, size]) => [name, noise.signs([size]).toArray() as number[]])),
    ),
  );
}

function sizesOf({ parameters, state }: Problem, { draws }: Case, groups: readonly StepGroup[]) {
  const kinds: Record<Case['draws'], () => [string, number][]> = {
    nothing: () => [],
    state: () => namedSizes(state, stateName),
    parameters: () => namedSizes(parameters, parameterName),
    groups: () => groups.map((group) => [groupName(group), 1]),
    units: () => groups.map((group) => [groupName(group), group.units]),
  };
  return kinds[draws]();
}

function namedSizes(tree: unknown, nameOf: (path: string) => string): [string, number][] {
  const leaves = leavesOf(tree as Tree);
  return pathsOf(tree as Tree).map(({ path }, i) => [nameOf(path), leaves[i].size]);
}

/** The state of most cells is one vector, h. */
export const stateName = (path: string): string => (path === '' ? 'h' : path);

export const parameterName = (path: string): string => path.replace(/^(params\.)?(cell\.)?/, '');

/** The parameters of a group, such as `reset.w reset.u reset.b`. */
export const groupName = ({ sites }: StepGroup): string =>
  sites.map(({ path }) => parameterName(path)).join(' ');
