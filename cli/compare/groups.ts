import { type Setting, shortName, titleOf } from '../../trainers/registry/index.ts';
import type { PastRun } from './readRun.ts';

/** Runs that differ in their seeds only. Runs that differ in nothing are groups of their own. */
export interface Group {
  /** Short, from the settings in which the groups differ; the folder of a run that is alone. */
  readonly name: string;
  readonly runs: readonly PastRun[];
}

/** Settings that differ between runs of one group. */
export const seeds: readonly string[] = ['seed', 'task.seed'];
/** Settings that say most about a run come first in its name. */
const first = ['experiment', 'estimator.name', 'cell.name', 'cell.units', 'optimizer.name', 'optimizer.rate'];
/** Settings that follow from others, or that no name needs. */
const last = ['lastWindow', 'cell.sha256', 'estimator.sha256', 'optimizer.sha256', 'task.sha256'];

/** The runs by all their settings but the seeds, in the order of their first runs. */
export function groupsOf(runs: readonly PastRun[], apart: readonly string[] = seeds): readonly Group[] {
  const byKey = new Map<string, PastRun[]>();
  for (const run of runs) {
    const key = keyOf(run, [...run.settings.keys()].filter((name) => !apart.includes(name)).sort());
    byKey.set(key, [...(byKey.get(key) ?? []), run]);
  }
  const groups = [...byKey.values()].flatMap((own) =>
    isRepeated(own, apart) ? own.map((run) => [run]) : [own],
  );
  const names = tellingSettings(groups.map(([run]) => run));
  const named = groups.map((own) => (names.length === 0 ? own[0].folder : nameOf(own[0], names)));
  return groups.map((own, i) => {
    const isTold = names.length === 0 || named.indexOf(named[i]) === named.lastIndexOf(named[i]);
    return { name: isTold ? named[i] : `${named[i]}, ${own[0].folder}`, runs: own };
  });
}

/** Whether some runs have equal seeds: they are no independent samples of a group. */
function isRepeated(runs: readonly PastRun[], apart: readonly string[]): boolean {
  return new Set(runs.map((run) => keyOf(run, apart))).size < runs.length;
}

/** The settings in which some of these runs differ, without the seeds. */
export function differing(runs: readonly Pick<PastRun, 'settings'>[]): readonly string[] {
  const keys = [...new Set(runs.flatMap(({ settings }) => [...settings.keys()]))];
  return keys.filter(
    (key) =>
      !seeds.includes(key) && runs.some(({ settings }) => settings.get(key) !== runs[0].settings.get(key)),
  );
}

/** As few settings as tell these runs apart: one is left out if those before it do all that it does. */
function tellingSettings(runs: readonly PastRun[]): readonly string[] {
  const rank = (key: string) => {
    const at = first.indexOf(key);
    return last.includes(key) ? 2 * first.length : at < 0 ? first.length : at;
  };
  const chosen: string[] = [];
  let parts = 1;
  const keys = differing(runs);
  // Its title has its window or its rank.
  const isOfEstimator = keys.some((key) => key.startsWith('estimator.'));
  const all = new Set([...(isOfEstimator ? ['estimator.name'] : []), ...keys]);
  for (const key of [...all].sort((a, b) => rank(a) - rank(b))) {
    const count = new Set(
      runs.map((run) => JSON.stringify([...chosen, key].map((each) => valueIn(run, each)))),
    ).size;
    if (count === parts) continue;
    chosen.push(key);
    parts = count;
  }
  return chosen;
}

function keyOf({ settings }: PastRun, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => [name, settings.get(name)]));
}

/** A setting. That of the estimator is its title, which has its window or its rank. */
function valueIn({ settings }: PastRun, key: string): string | undefined {
  const name = settings.get(key);
  if (key !== 'estimator.name' || name === undefined) return name;
  const own = [...settings].flatMap(([path, value]) =>
    path.startsWith('estimator.') ? [[path.slice('estimator.'.length), settingOf(value)] as const] : [],
  );
  return titleOf({ ...Object.fromEntries(own), name });
}

function settingOf(text: string): Setting {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function nameOf(run: PastRun, names: readonly string[]): string {
  return names
    .flatMap((key) => {
      const value = valueIn(run, key);
      if (value === undefined) return [];
      if (key === 'estimator.name') return [value];
      const label = key.replace(/^.*\./, '');
      return label === 'name' || key === 'experiment' ? [shortName(value)] : [`${label} ${shortened(value)}`];
    })
    .join(', ');
}

/** A hash needs its beginning only. */
function shortened(value: string): string {
  return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 7) : shortName(value);
}

/** The seeds of a run, by which runs of two groups are paired. */
export function seedOf({ settings }: PastRun): string {
  return seeds.map((name) => settings.get(name) ?? '').join(', ');
}
