/**
 * The doors: how a public function looks at what it is given, for callers without types. Every refusal is one sentence, and a
 * NorewindError. Guards stand where a call comes in from outside, never in what runs every time step.
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
  needed,
  number,
  oneOf,
  record,
  stream,
  string,
  whole,
} from './checks.ts';
export { describe, isRecord } from './describe.ts';
export { didYouMean, type Synonyms } from './didYouMean.ts';
export { mebibytes, memory, mostBytes } from './memory.ts';
export { argument, type Checks, options, unknownOption } from './options.ts';
