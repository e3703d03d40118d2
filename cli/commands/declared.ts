import { Option } from 'commander';
import type { guard } from '../../lib/index.ts';
import { parseNames } from './dataFormat.ts';
import { parseCount, parseNumber } from './numbers.ts';

const parsers = { count: parseCount, number: parseNumber };

/** An option of the library as one of a command: its name as a flag, and what it is for. */
export function declared(name: string, { kind, choices, purpose = '' }: guard.Check): Option {
  const option = new Option(`--${name} <${kind ?? 'name'}>`, purpose);
  if (kind === 'names') option.argParser(parseNames);
  else if (kind !== undefined) option.argParser(parsers[kind]);
  return choices === undefined ? option : option.choices(choices);
}
