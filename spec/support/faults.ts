import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';

/** A fault at one of the calls that change files in a folder. */
export interface Fault {
  /** The number of the faulty call, from 1. */
  readonly at: number;
  /** The process is killed at once, a write is cut to half, or the call fails with a code such as ENOSPC. */
  readonly effect: 'kill' | 'short' | (string & {});
  /** Whether a killed or failing write has written half by then. */
  readonly half: boolean;
  /** Whether every later call fails too. */
  readonly lasts: boolean;
}

interface Injection {
  /** The names of the calls so far. */
  readonly calls: readonly string[];
  restore(): void;
}

type Call = (...args: readonly unknown[]) => unknown;
type Name = (typeof names)[number];

const names = [
  'mkdirSync',
  'openSync',
  'writeSync',
  'writeFileSync',
  'fsyncSync',
  'ftruncateSync',
  'closeSync',
  'linkSync',
  'renameSync',
  'rmSync',
] as const;

/**
 * Injects a fault below a folder, from now on, in this process. Standalone, so that it can be compiled and
 * loaded into the command before anything else.
 */
export function inject(folder: string, fault: Fault): Injection {
  const real = Object.fromEntries(names.map((name) => [name, fs[name]])) as unknown as Readonly<
    Record<Name, Call>
  >;
  const calls: string[] = [];
  const open = new Set<unknown>();
  // Some calls are built on others.
  let isWithin = false;

  const isOurs = (name: Name, [target, flags]: readonly unknown[]) =>
    open.has(target) ||
    (typeof target === 'string' &&
      resolve(target).startsWith(folder + sep) &&
      !(name === 'openSync' && (flags ?? 'r') === 'r'));

  function goWrong(name: Name, args: readonly unknown[]): unknown {
    const [target, content] = args;
    if (fault.effect === 'short' && name === 'writeSync') {
      const [, bytes, offset = 0] = args as readonly [number, Uint8Array, number?];
      const [, , , length = bytes.length - offset, position] = args as readonly [
        number,
        Uint8Array,
        number,
        number?,
        number?,
      ];
      return real.writeSync(target, content, offset, Math.ceil(length / 2), position);
    }
    if (fault.effect === 'short') return real[name](...args);
    if (fault.half && name === 'writeSync') {
      const [, , offset, length, position] = args as readonly [number, Uint8Array, number, number, number];
      real.writeSync(target, content, offset, length >> 1, position);
    }
    if (fault.half && name === 'writeFileSync') {
      const bytes = Buffer.from(content as Uint8Array);
      real.writeFileSync(target, bytes.subarray(0, bytes.length >> 1));
    }
    if (name === 'closeSync') real.closeSync(target);
    if (fault.effect === 'kill') {
      fs.writeSync(2, `killed at ${name}${fault.half ? ', half' : ''}\n`);
      process.kill(process.pid, 'SIGKILL');
    }
    throw Object.assign(new Error(`${fault.effect}: made by a test, ${name}`), { code: fault.effect });
  }

  const replace = (name: Name): Call => {
    return (...args) => {
      if (isWithin || !isOurs(name, args)) return real[name](...args);
      calls.push(name);
      isWithin = true;
      try {
        const isFaulty = calls.length === fault.at || (fault.lasts && calls.length > fault.at);
        const result = isFaulty ? goWrong(name, args) : real[name](...args);
        if (name === 'openSync') open.add(result);
        return result;
      } finally {
        isWithin = false;
        if (name === 'closeSync') open.delete(args[0]);
      }
    };
  };

  Object.assign(fs, Object.fromEntries(names.map((name) => [name, replace(name)])));
  // Named imports from node:fs see the replacement only after this.
  syncBuiltinESMExports();
  return {
    calls,
    restore() {
      Object.assign(fs, real);
      syncBuiltinESMExports();
    },
  };
}
