import { guard, UsageError } from '../../lib/index.ts';
import {
  cellTable,
  estimatorTable,
  isFileName,
  type Options,
  optimizerTable,
  scheduleOptions,
} from '../../trainers/registry/index.ts';
import { fileProblem } from '../errors.ts';
import { readPlain } from '../plainFile.ts';
import type { Wish } from './config.ts';

const groups = ['task', 'cell', 'estimator', 'optimizer'];
const numbers = ['seed', 'steps', 'lastWindow'];
const words = ['experiment', 'dtype', 'stopWhen'];
const keys = [...words, ...groups, ...numbers];

/** @throws UsageError unless the file holds a configuration, such as that of an earlier run. */
export function readConfigFile(path: string): Wish {
  return requireWish(path, readJson(path));
}

/** The content of a JSON file. @throws UsageError. */
export function readJson(path: string): unknown {
  return parse(path, read(path));
}

/** @param path where the value is from. @throws UsageError unless it is a configuration. */
export function requireWish(path: string, value: unknown): Wish {
  if (!isRecord(value))
    throw new UsageError(`${path}: a configuration is a JSON object with the keys ${keys.join(', ')}`);
  for (const [key, entry] of Object.entries(value)) {
    if (!keys.includes(key))
      throw new UsageError(`${path}: there is no key ${JSON.stringify(key)}${guard.didYouMean(key, keys)}`);
    if (numbers.includes(key)) requireType(path, key, entry, 'number');
    else if (words.includes(key)) requireType(path, key, entry, 'string');
    else requireGroup(path, key, entry);
  }
  if (value.experiment === undefined) throw new UsageError(`${path}: the key "experiment" is missing`);
  return value as unknown as Wish;
}

function read(path: string): string {
  try {
    return readPlain(path).toString();
  } catch (error) {
    throw new UsageError(fileProblem('read the configuration', path, error));
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not valid JSON: ${(error as Error).message}`);
  }
}

function requireGroup(path: string, key: string, value: unknown): void {
  if (!isRecord(value))
    throw new UsageError(`${path}: ${key} must be an object, got ${JSON.stringify(value)}`);
  for (const [name, entry] of Object.entries(value)) {
    if (isFileName(value.name) && (typeof entry !== 'object' || entry === null)) continue;
    if (key === 'cell' && typeOf(key, name) === undefined)
      throw new UsageError(`${path}: there is no key "cell.${name}"`);
    // Task options and unknown settings are checked later, by the parts that take them.
    const isWord = name === 'name' || (key === 'task' && typeof entry === 'string');
    requireType(
      path,
      `${key}.${name}`,
      entry,
      isWord ? 'string' : typeof entry === 'boolean' ? 'boolean' : (typeOf(key, name) ?? 'number'),
    );
  }
}

const tables: Readonly<Record<string, Readonly<Record<string, { readonly options: Options }>>>> = {
  cell: cellTable,
  estimator: estimatorTable,
  // The rate of a configuration is a number, not the schedule that an optimiser also takes.
  optimizer: { ofAll: { options: scheduleOptions }, ...optimizerTable },
};

/** The type of a setting; undefined if no entry of the table has it. */
function typeOf(key: string, name: string): 'number' | 'string' | undefined {
  if (name === 'name') return 'string';
  if (name === 'units') return 'number';
  const option = Object.values(tables[key] ?? {}).find(({ options }) => Object.hasOwn(options, name))
    ?.options[name];
  if (option === undefined) return undefined;
  return option.kind === undefined || option.kind === 'names' ? 'string' : 'number';
}

function requireType(path: string, key: string, value: unknown, type: 'number' | 'string' | 'boolean'): void {
  if (typeof value !== type)
    throw new UsageError(`${path}: ${key} must be a ${type}, got ${JSON.stringify(value)}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
