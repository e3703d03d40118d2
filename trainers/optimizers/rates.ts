import type { Operand } from '../../autodiff/index.ts';
import { ConfigurationError, guard, pathsOf, type Tree } from '../../lib/index.ts';
import type { Clock } from './optimizer.ts';
import { rates as aRate, asSchedule, type Schedule } from './schedules.ts';

type Rate = number | Schedule;

/**
 * Learning rates of single parameters, by the path of a leaf or of a part of the tree, such as
 * `{ 'cell.forget.u': 0.05, readout: 0.02 }`. The longest path that fits counts; all other parameters keep
 * `rate`. A function is called with the path of each leaf and may return undefined. Configurations write
 * `cell.forget.u=0.05,readout=0.02`.
 *
 * A number stands for the rate at the first step: it follows the course of `rate` if that is a schedule.
 */
export type Rates = Readonly<Record<string, Rate>> | ((path: string) => Rate | undefined) | string;

/** The rates of an optimiser. */
export interface RateOptions {
  readonly rate: number | Schedule;
  /** Other rates for some of the parameters. Default: none. */
  readonly rates?: Rates;
}

export const rateOptions = {
  rate: aRate,
  rates: guard.setting(
    {
      what: "a record such as { 'cell.forget.u': 0.05 }, a function of the path, or a text such as cell.forget.u=0.05,readout=0.02",
      holds: (value: unknown) => typeof value === 'function' || typeof value === 'string' || isRates(value),
    },
    'rates of parameters by path, as in cell.forget.u=0.05,readout=0.02; all others have the rate',
    'rates',
  ),
} satisfies guard.Checks<RateOptions>;

/** The rate of each parameter. */
export interface LeafRates {
  readonly rate: Schedule;
  /** The rates by path, for configurations, unless they contain functions. */
  readonly settings: { readonly rates?: string };
  /** @throws ConfigurationError for a path that the parameters lack. */
  requirePaths(parameters: unknown): void;
  /** Returns minus the rate, by path. */
  descent(clock: Clock): (path: string) => Operand;
}

/** @throws ConfigurationError for a rate that is not a number of at least 0 or a schedule. */
export function ratesOf(who: string, { rate, rates }: RateOptions): LeafRates {
  const usual = asSchedule(rate);
  if (rates === undefined)
    return {
      rate: usual,
      settings: {},
      requirePaths() {},
      descent(clock) {
        let now: Operand | undefined;
        return () => {
          now ??= clock.steps((step) => -usual(step));
          return now;
        };
      },
    };
  const own = typeof rates === 'string' ? parsed(who, rates) : rates;
  const schedules = new Map<string, Schedule>();
  const scheduleOf = (path: string): Schedule => {
    const known = schedules.get(path);
    if (known !== undefined) return known;
    const given = typeof own === 'function' ? own(path) : nearest(own, path);
    if (typeof own === 'function' && given !== undefined)
      guard.argument(who, `the rate of ${path}`, given, aRate);
    const made =
      given === undefined ? usual : typeof given === 'number' ? following(given) : asSchedule(given);
    schedules.set(path, made);
    return made;
  };
  const start = typeof rate === 'number' ? 1 : usual(0);
  const following = (value: number): Schedule => {
    if (typeof rate === 'number') return () => value;
    if (start === 0)
      throw new ConfigurationError(
        `${who}: a number in rates follows the course of rate, which begins at 0; give a schedule`,
      );
    return (step) => value * (usual(step) / start);
  };
  return {
    rate: usual,
    settings: settingsOf(own),
    requirePaths(parameters) {
      const paths = pathsOf(parameters as Tree).map(({ path }) => path);
      for (const path of paths) scheduleOf(path);
      if (typeof own === 'function') return;
      for (const key of Object.keys(own))
        if (!paths.some((path) => isWithin(path, key)))
          throw new ConfigurationError(
            `${who}: rates has ${key}, which is no parameter${guard.didYouMean(key, paths) || `; there are ${paths.join(', ')}`}`,
          );
    },
    descent(clock) {
      const known = new Map<Schedule, Operand>();
      return (path) => {
        const schedule = scheduleOf(path);
        const now = known.get(schedule) ?? clock.steps((step) => -schedule(step));
        known.set(schedule, now);
        return now;
      };
    },
  };
}

function isRates(value: unknown): boolean {
  return guard.isRecord(value) && Object.values(value).every((rate) => aRate.holds(rate));
}

/** The rate of the longest key that contains the path. */
function nearest(rates: Readonly<Record<string, Rate>>, path: string): Rate | undefined {
  const keys = Object.keys(rates).filter((key) => isWithin(path, key));
  const longest = keys.reduce((best, key) => (key.length > best.length ? key : best), '');
  return keys.length === 0 ? undefined : rates[longest];
}

function isWithin(path: string, part: string): boolean {
  return path === part || (path.startsWith(part) && /^[.[]/.test(path.slice(part.length)));
}

function settingsOf(rates: Exclude<Rates, string>): { readonly rates?: string } {
  if (typeof rates === 'function' || Object.values(rates).some((rate) => typeof rate !== 'number')) return {};
  return {
    rates: Object.entries(rates)
      .map(([path, rate]) => `${path}=${String(rate)}`)
      .join(','),
  };
}

/** @throws ConfigurationError unless it is a list of paths with numbers. */
function parsed(who: string, text: string): Readonly<Record<string, number>> {
  const entries = text.split(',').map((entry): [string, number] => {
    const [path, rate, ...more] = entry.split('=').map((part) => part.trim());
    const value = Number(rate);
    if (path === '' || rate === undefined || rate === '' || more.length > 0 || !aRate.holds(value))
      throw new ConfigurationError(
        `${who}: rates must be pairs such as cell.forget.u=0.05, got ${JSON.stringify(entry.slice(0, 60))}`,
      );
    return [path, value];
  });
  return Object.fromEntries(entries);
}
