import type { guard } from '../../lib/index.ts';
import type { Entry, Named, Options, Setting, Settings } from './entry.ts';

/** A flag of a command, which sets an option of one or several entries. */
export interface Flag {
  readonly name: string;
  /** The check of the first option. */
  readonly check: guard.Check;
  readonly uses: readonly Use[];
}

interface Use {
  /** The name of the entry. */
  readonly of: string;
  readonly purpose: string;
  /** Its default. */
  readonly usual: Setting | undefined;
}

type Table = Readonly<Record<string, { readonly options: Options } & Partial<Pick<Entry<unknown>, 'usual'>>>>;

/** @param defaultsOf the default settings of an entry. */
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

/** A flag as a command option: the entries it applies to, and their defaults. */
export function optionOf({ check, uses }: Flag): guard.Check {
  const purposes = [...new Set(uses.map(({ purpose }) => purpose))];
  const purpose = purposes
    .map((purpose) => {
      // If a default follows from other options, the purpose says so.
      const isTold = purpose.includes('if left out');
      const own = uses.filter((use) => use.purpose === purpose);
      return `${purpose}, for ${own.map(({ of, usual }) => (usual === undefined || isTold ? of : `${of} (${usual} if left out)`)).join(', ')}`;
    })
    .join('; ');
  return { ...check, purpose };
}

/** An entry's settings from the values of flags. An unknown flag keeps its name, for the entry to refuse. */
export function settingsOf(options: Options | undefined, given: Settings): Settings {
  const names = Object.entries(options ?? {}).flatMap(([name, { flag }]) =>
    flag === undefined ? [] : [[flag, name] as const],
  );
  const byFlag = new Map(names);
  return Object.fromEntries(Object.entries(given).map(([flag, value]) => [byFlag.get(flag) ?? flag, value]));
}

/** An entry with its default settings. */
export function usualOf(table: Table, name: string): Named {
  return { name, ...(Object.hasOwn(table, name) ? table[name].usual : undefined) };
}
