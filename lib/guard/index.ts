/**
 * Checks at public functions, for callers without types. A refusal is one sentence in a NorewindError. Checks
 * run where a call enters the library, never in the code that runs every time step.
 */
export {
  anything,
  between,
  bytes,
  type Check,
  callable,
  count,
  either,
  finite,
  flag,
  having,
  integer,
  isList,
  iterable,
  list,
  listOf,
  type NamesCheck,
  type NumberCheck,
  needed,
  number,
  oneOf,
  record,
  recordOf,
  setting,
  stream,
  string,
  whole,
} from './checks.ts';
export { describe, isRecord } from './describe.ts';
export { didYouMean, type Synonyms } from './didYouMean.ts';
export { mebibytes, memory, mostBytes } from './memory.ts';
export { argument, type Checks, options, unknownOption } from './options.ts';
