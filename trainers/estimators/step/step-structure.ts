import type { Dependencies } from '../../../autodiff/index.ts';
import { leavesOf, type Parts, pathsOf, type Tree } from '../../../lib/index.ts';
import { countElements } from '../../algebra.ts';
import type { Sizes } from './cost.ts';
import { type Elements, type GroupPart, placed, type StepGroup } from './sites.ts';

/**
 * Finds the dependencies of a step; undefined if it reads values: its structure may then change between
 * calls.
 * @internal
 */
export type Find = () => Dependencies | undefined;

/**
 * The structure of a model's step θ, s ↦ s', known before it runs: from the traced step, never from values.
 * The step is traced at the first question.
 */
export class StepStructure {
  /** Trees like the parameters and the state; only their shapes and dtypes count. */
  readonly parameters: Tree;
  readonly state: Tree;
  readonly sizes: Sizes;
  /** For each element of the state, the number of its leaf. */
  readonly #leaves: readonly number[];
  readonly #find: Find;
  #answers: Answers | undefined;

  constructor(parameters: Tree, state: Tree, find: Find) {
    this.parameters = parameters;
    this.state = state;
    this.sizes = {
      state: countElements(state),
      parameters: countElements(parameters),
    };
    this.#leaves = leavesOf(state).flatMap(({ size }, leaf) => new Array<number>(size).fill(leaf));
    this.#find = find;
  }

  /** False for a step that reads values. Everything then counts as reached, and there are no sites. */
  get isTraceable(): boolean {
    return this.#known.isTraceable;
  }

  /** The sites of the parameters, in groups that share ∂s'/∂a. */
  get groups(): readonly StepGroup[] {
    return this.#known.groups;
  }

  /** The leaves that reach the state other than by sites, by their positions and paths. */
  get unsited(): readonly { readonly leaf: number; readonly path: string }[] {
    return this.#known.unsited;
  }

  /** The paths of the leaves that never reach the state, such as those of a readout. */
  get idle(): readonly string[] {
    return this.#known.idle;
  }

  /** For each old state element, the new ones that can depend on it. */
  get successors(): readonly Elements[] {
    return this.#known.successors;
  }

  /**
   * For each leaf and each of its elements, the state elements that it can influence within `steps` steps;
   * undefined if one can influence more than `limit`. Equal sets are the same object.
   */
  reaches(
    steps = Number.POSITIVE_INFINITY,
    limit = this.sizes.state,
  ): readonly (readonly Elements[])[] | undefined {
    const known = new Map<Elements, Elements>();
    const same = new Map<string, Elements>();
    const { immediate, successors } = this.#known;
    for (const begin of new Set(immediate.flatMap((leaf) => [...new Set(leaf)]))) {
      const reached = reachedFrom(begin, successors, limit, steps);
      if (reached === undefined) return undefined;
      const key = reached.join();
      same.set(key, same.get(key) ?? reached);
      known.set(begin, same.get(key) as Elements);
    }
    return immediate.map((leaf) => leaf.map((own) => known.get(own) as Elements));
  }

  /**
   * For each leaf of the new state, whether `Transition.entries` picks entries of J and I from the structure of the
   * step, for each leaf of the parameters and of the old state and for each group of sites; if not, they take S
   * pulls.
   */
  get picks(): Dependencies['picks'] {
    return this.#known.picks;
  }

  /** Whether `Transition.entries` picks all entries of J between these state elements. */
  isPicked(elements: Elements): boolean {
    const leaves = [...new Set(elements.map((element) => this.leafOf(element)))];
    return leaves.every((to) => leaves.every((from) => this.picks[to].arguments[1][from]));
  }

  /** The number of the leaf of the state that has an element. */
  leafOf(element: number): number {
    return this.#leaves[element];
  }

  /**
   * Returns the sums of matrices [inputs, units], or of outer products z ⊗ a, given for each group of sites, as a
   * tree like the parameters. Leaves without sites are left out.
   */
  place(matrices: readonly GroupPart[]): Parts {
    return placed(this.parameters, this.groups, matrices);
  }

  get #known(): Answers {
    this.#answers ??= answersOf(this.parameters, this.state, this.#find());
    return this.#answers;
  }
}

interface Answers
  extends Pick<StepStructure, 'isTraceable' | 'groups' | 'unsited' | 'idle' | 'successors' | 'picks'> {
  /** For each leaf and each of its elements, the new state elements that can depend on it. */
  readonly immediate: readonly (readonly Elements[])[];
}

function answersOf(parameters: Tree, state: Tree, found: Dependencies | undefined): Answers {
  const { sets, members, groups, otherwise, picks } = found ?? everything(parameters, state);
  const paths = pathsOf(parameters, 'params').map(({ path }) => path);
  const listed = (leaf: Int32Array) => Array.from(leaf, members);
  const immediate = sets[0].map(listed);
  const isIdle = immediate.map((own) => own.every((reached) => reached.length === 0));
  return {
    isTraceable: found !== undefined,
    immediate,
    picks,
    successors: sets[1].flatMap(listed),
    idle: paths.filter((_, leaf) => isIdle[leaf]),
    groups: groups.map((group) => {
      const sites = group.sites.map((site) => ({
        ...site,
        path: paths[site.leaf],
      }));
      const inputs = sites.reduce((sum, site) => sum + site.inputs, 0);
      return { sites, units: group.units, inputs, reaches: listed(group.sets) };
    }),
    unsited: otherwise.filter((leaf) => !isIdle[leaf]).map((leaf) => ({ leaf, path: paths[leaf] })),
  };
}

/**
 * These elements and those that they reach in `steps` - 1 further steps; undefined if more than the limit.
 */
function reachedFrom(
  begin: Elements,
  successors: readonly Elements[],
  limit: number,
  steps: number,
): Elements | undefined {
  const reached = new Set(begin);
  let latest = begin;
  for (let step = 1; step < steps && latest.length > 0 && reached.size <= limit; step++) {
    latest = [...new Set(latest.flatMap((from) => successors[from]))].filter((to) => !reached.has(to));
    for (const to of latest) reached.add(to);
  }
  return reached.size > limit ? undefined : [...reached].sort((a, b) => a - b);
}

/** Dependencies in which every parameter and state element reaches all of the state. */
export function everything(parameters: Tree, state: Tree): Dependencies {
  const size = countElements(state);
  const all = Array.from({ length: size }, (_, element) => element);
  const reaching = (tree: Tree) => leavesOf(tree).map((leaf) => new Int32Array(leaf.size).fill(1));
  return {
    size,
    sets: [reaching(parameters), reaching(state)],
    groups: [],
    otherwise: leavesOf(parameters).map((_, leaf) => leaf),
    picks: leavesOf(state).map(() => ({
      arguments: [parameters, state].map((tree) => leavesOf(tree).map(() => false)),
      groups: [],
    })),
    members: (set) => (set === 0 ? [] : all),
  };
}

/** The union of the dependencies of two steps with different types of input, with the sites of the second. */
export function union(before: Dependencies, now: Dependencies): Dependencies {
  const known: Elements[] = [[]];
  const numbers = new Map<string, number>([['=', 0]]);
  const merged = (a: number, b: number): number => {
    const key = `${a},${b}`;
    const own = numbers.get(key);
    if (own !== undefined) return own;
    const members = [...new Set([...before.members(a), ...now.members(b)])].sort((x, y) => x - y);
    const text = `=${members.join()}`;
    const number = numbers.get(text) ?? known.push(members) - 1;
    numbers.set(text, number);
    numbers.set(key, number);
    return number;
  };
  const sets = now.sets.map((leaves, i) =>
    leaves.map((leaf, j) => leaf.map((set, at) => merged(before.sets[i][j][at], set))),
  );
  const groups = now.groups.map((group) => ({
    ...group,
    sets: group.sets.map((set) => merged(0, set)),
  }));
  const picks = now.picks.map((own, leaf) => ({
    ...own,
    arguments: own.arguments.map((leaves, i) =>
      leaves.map((isKnown, j) => isKnown && before.picks[leaf].arguments[i][j]),
    ),
  }));
  return { ...now, sets, groups, picks, members: (set) => known[set] };
}
