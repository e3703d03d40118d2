import type { guard } from '../../lib/index.ts';
import type { Entry, Named, Options, Setting, Settings } from './entry.ts';

/** A flag of the commands, which sets an option of one or several entries. */
export interface Flag {
  readonly name: string;
  /** Of the first option. */
  readonly check: guard.Check;
  readonly uses: readonly Use[];
}

interface Use {
  /** The name of the entry. */
  readonly of: string;
  readonly purpose: string;
  /** Its value where nothing else is asked for. */
  readonly usual: Setting | undefined;
}

type Table = Readonly<Record<string, { readonly options: Options } & Partial<Pick<Entry<unknown>, 'usual'>>>>;

/** @param defaultsOf the settings of an entry where nothing else is asked for. */
export function flagsOf(table: Table, defaultsOf: (name: string) => Settings = () => ({})): readonly Flag[] {
  const flags = new Map<string, Flag & { readonly uses: Use[] }>();
  for (const [of, { options }] of Object.entries(table))
    for (const [option, check] of Object.entries(options)) {
      const { flag: name, purpose = '' } = check;
      if (name === undefined) continue;
      const flag = flags.get(name) ?? { name, check, uses: [] };
      flag.uses.push({ of, purpose, usual: defaultsOf(of)[option] });
      flags.set(name, flag);
    }
  return [...flags.values()];
}

/** A flag as an option of a command: for which entries it is, and the values that they have where it is left out. */
export function optionOf({ check, uses }: Flag): guard.Check {
  const purposes = [...new Set(uses.map(({ purpose }) => purpose))];
  const purpose = purposes
    .map((purpose) => {
      // A value that follows from other options is told by the purpose.
      const isTold = purpose.includes('if left out');
      const own = uses.filter((use) => use.purpose === purpose);
      return `${purpose}, for ${own.map(({ of, usual }) => (usual === undefined || isTold ? of : `${of} (${usual} if left out)`)).join(', ')}`;
    })
    .join('; ');
  return { ...check, purpose };
}

/** Settings of an entry from values by flags. A flag that it does not have keeps its name, to be refused by it. */
export function settingsOf(options: Options | undefined, given: Settings): Settings {
  const names = Object.entries(options ?? {}).flatMap(([name, { flag }]) => (flag === undefined ? [] : [[flag, name] as const]));
  const byFlag = new Map(names);
  return Object.fromEntries(Object.entries(given).map(([flag, value]) => [byFlag.get(flag) ?? flag, value]));
}

/** An entry with what it needs where nothing else is asked for. */
export function usualOf(table: Table, name: string): Named {
  return { name, ...(Object.hasOwn(table, name) ? table[name].usual : undefined) };
}
