import { expect } from 'chai';
import { ConfigurationError, guard, NorewindError } from '../../lib/index.ts';
import { size } from '../support/size.ts';
import { bad, CallersError } from './bad.ts';

// biome-ignore lint/complexity/noBannedTypes: whatever can be called
type Callable = Function;

/** A public function, with good arguments, made anew for each call, and the functions that it returns. */
export interface Door {
  readonly good: () => readonly unknown[];
  /** The functions of its result, as doors of their own. */
  readonly inner?: (result: unknown) => Doors;
  /** Whether it takes a record with any keys: a tree, or tensors by name. */
  readonly open?: boolean;
  /** Positions of arguments that callers choose freely, such as a name for messages. They are not spoilt. */
  readonly named?: readonly number[];
  /** Options whose defaults take long: they are left out in the long size alone. */
  readonly dear?: readonly string[];
  readonly call?: Callable;
}

export type Doors = Readonly<Record<string, Door>>;

/** A door with these good arguments. */
export function door(good: () => readonly unknown[], inner?: (result: never) => Doors): Door {
  return { good, ...(inner === undefined ? {} : { inner: inner as (result: unknown) => Doors }) };
}

/** A door that takes records with keys of the caller's. */
export function openDoor(good: () => readonly unknown[], inner?: (result: never) => Doors): Door {
  return { ...door(good, inner), open: true };
}

/** A door of which some arguments only name the caller in messages. */
export function namedDoor(named: readonly number[], good: () => readonly unknown[]): Door {
  return { ...openDoor(good), named };
}

/** The methods of a result, by the good arguments of each. */
export function methods(of: object, good: Readonly<Record<string, Door>>): Doors {
  return Object.fromEntries(
    Object.entries(good).map(([name, own]) => {
      const method = (of as Readonly<Record<string, Callable>>)[name];
      expect(method, name).to.be.a('function');
      return [name, { ...own, call: method.bind(of) }];
    }),
  );
}

/**
 * Registers a test for each function that an entry point exports, and one that none is missing from the
 * table, or too many.
 */
export function walkEntry(
  entry: string,
  exports: object,
  doors: Doors,
  others: Readonly<Record<string, string>>,
): void {
  describe(entry, () => {
    const functions = Object.entries(exports).filter(
      ([name, value]) => isDoor(value) && !Object.hasOwn(others, name),
    );
    const values = Object.entries(exports).flatMap(([name, value]) =>
      typeof value === 'function' ? [] : [name],
    );

    it('every export is walked, or listed with the reason why not', () => {
      expect([...functions.map(([name]) => name), ...Object.keys(others)].sort(), 'functions').to.deep.equal(
        [...Object.keys(doors), ...Object.keys(others)].sort(),
      );
      expect(
        values.filter((name) => !Object.hasOwn(others, name)),
        'what is no function',
      ).to.deep.equal([]);
    });

    for (const [name, call] of functions)
      it(name, async () => {
        await walk(name, { call: call as Callable, ...doors[name] });
      });
  });
}

/** Whether it can be called, and is no class of errors. */
function isDoor(value: unknown): value is Callable {
  return typeof value === 'function' && !(value.prototype instanceof Error);
}

/** Tries a door with its good arguments, and then with every bad one in every place. */
async function walk(
  name: string,
  { call = () => {}, good, inner, open = false, named = [], dear = [] }: Door,
): Promise<void> {
  const result = await run(call, good());
  for (const [own, next] of Object.entries(inner?.(result) ?? {})) await walk(`${name}: ${own}`, next);

  const count = good().length;
  for (let given = 0; given < count; given++)
    await refuses(`${name} with ${given} arguments`, call, good().slice(0, given));
  for (let at = 0; at < count; at++) {
    if (named.includes(at)) continue;
    for (const [what, make] of Object.entries(bad))
      await refuses(`${name}: argument ${at} is ${what}`, call, good().with(at, make()));
    await walkOptions(`${name}: argument ${at}`, call, good, at, open, size(dear, []));
  }
  for (const [what, make] of Object.entries(bad))
    await refuses(
      `${name}: every argument is ${what}`,
      call,
      good().map((own, at) => (named.includes(at) ? own : make())),
    );
}

async function walkOptions(
  where: string,
  call: Callable,
  good: Door['good'],
  at: number,
  open: boolean,
  kept: readonly string[],
): Promise<void> {
  const options = good()[at];
  if (!guard.isRecord(options)) return;
  for (const key of Object.keys(options)) {
    const without = Object.fromEntries(Object.entries(options).filter(([own]) => own !== key));
    const isKept = kept.includes(key);
    if (!isKept) await refuses(`${where} without ${key}`, call, good().with(at, without));
    for (const [what, make] of share(Object.entries(bad)).filter(([own]) => !(isKept && own === 'undefined')))
      await refuses(
        `${where}: ${key} is ${what}`,
        call,
        good().with(at, { ...(good()[at] as object), [key]: make() }),
      );
    if (open) continue;
    const misspelt = `${key.slice(0, -1)}${key.at(-1)}x`;
    const error = await refuses(
      `${where}: ${misspelt}`,
      call,
      good().with(at, { ...options, [misspelt]: options[key] }),
    );
    expect(error, `${where}: ${misspelt} is taken for an option`).to.be.instanceOf(ConfigurationError);
    expect(error?.message).to.contain(`there is no option ${misspelt}`).and.to.contain('did you mean');
  }
}

let shares = 0;

/** A seventh in turn in the usual size: over the options, every one comes up. */
function share<T>(items: readonly T[]): readonly T[] {
  const turn = shares++;
  return items.filter((_, i) => (i + turn) % size(7, 1) === 0);
}

/** The error of a call, which must be of norewind and one readable sentence; undefined when there is none. */
async function refuses(
  where: string,
  call: Callable,
  args: readonly unknown[],
): Promise<NorewindError | undefined> {
  try {
    await run(call, args);
    return undefined;
  } catch (error) {
    if (error instanceof CallersError) return undefined;
    if (!(error instanceof NorewindError))
      throw new Error(`${where}: ${error instanceof Error ? error.stack : String(error)}`, { cause: error });
    expect(error.message, where).to.match(/^\S.{7,}$/s);
    expect(error.message, where).not.to.match(/\[object |\} is not a function|of undefined/);
    return error;
  }
}

/** Calls it, waits for what it promises, and reads the beginning of what it iterates over. */
async function run(call: Callable, args: readonly unknown[]): Promise<unknown> {
  const isClass = /^class\b/.test(Function.prototype.toString.call(call));
  const result: unknown = await (isClass ? Reflect.construct(call, args) : call(...args));
  return result;
}
