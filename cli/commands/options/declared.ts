import { Option } from 'commander';
import type { guard } from '../../../lib/index.ts';
import { parseNames } from './dataFormat.ts';
import { parseCount, parseCounts, parseNumber } from './numbers.ts';

const parsers = { count: parseCount, number: parseNumber };

/** A command's option for an option of the library: its flag and its purpose. */
export function declared(name: string, { kind, choices, purpose = '' }: guard.Check): Option {
  if (kind === 'flag') return new Option(flagOf(name), purpose);
  const option = new Option(`${flagOf(name)} <${kind ?? 'name'}>`, purpose);
  if (kind === 'names') option.argParser(parseNames);
  else if (kind === 'counts') option.argParser(parseCounts);
  else if (kind !== undefined) option.argParser(parsers[kind]);
  return choices === undefined ? option : option.choices(choices);
}

/** An option as typed on the command line. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
