import { guard } from '../../lib/index.ts';
import type { Options, Settings } from '../../trainers/registry/index.ts';

/** A function of the user's that makes something from settings. */
export type Make = (settings: object) => unknown;

/**
 * The options of a function of the user's: the settings that it reads when it is called with these. A rest of
 * its parameter takes any setting, so the given ones count as read.
 */
export function optionsRead(make: Make, given: Settings, more: object): Options {
  const read = new Set<string>();
  const all = { ...more, ...given };
  const watched = new Proxy(all, {
    get(target, key) {
      if (typeof key === 'string') read.add(key);
      return Reflect.get(target, key);
    },
    ownKeys(target) {
      for (const key of Object.keys(given)) read.add(key);
      return Reflect.ownKeys(target);
    },
  });
  try {
    make(watched);
  } catch {
    // The call that counts reports the error.
    for (const key of Object.keys(given)) read.add(key);
  }
  return Object.fromEntries(
    Array.from(read, (key) => [key, guard.setting(guard.anything, `read by the file`)]),
  );
}
