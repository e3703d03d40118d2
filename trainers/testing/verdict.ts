import { ConfigurationError, guard } from '../../lib/index.ts';
import { anEstimator, anOptimizer, type Estimator, type Optimizer } from '../index.ts';
import { type CellSubject, cellLaws } from './cell.ts';
import { type InfluenceSubject, influenceLaws } from './influence.ts';
import { type Laws, lawError } from './laws.ts';
import { LawError, UncheckedError } from './numbers.ts';
import { type OptimizerSubject, optimizerLaws } from './optimizer.ts';
import { type PrimitiveSubject, primitiveLaws } from './primitive.ts';

/** A subject of a check: a cell, a primitive, an estimator or an optimiser, with what the check needs beside it. */
export type Subject =
  | CellSubject<unknown, unknown, unknown>
  | PrimitiveSubject
  | InfluenceSubject
  | Estimator
  | OptimizerSubject
  | Optimizer;

/** Whether one law holds. */
export interface LawVerdict {
  readonly law: string;
  readonly result: 'holds' | 'fails' | 'not checked';
  /** Unless it holds: what is wrong, with the numbers. */
  readonly sentence?: string;
  /** The smallest example found at which it fails, a line for each part. */
  readonly example?: readonly string[];
}

/** Which laws a subject satisfies. Prints as a text for people. */
export interface Verdict {
  readonly kind: 'cell' | 'primitive' | 'estimator' | 'optimizer';
  readonly name: string;
  readonly laws: readonly LawVerdict[];
  /** Whether all of them hold. */
  readonly holds: boolean;
  toString(): string;
}

/** The forms of a subject, for messages. */
const forms =
  '{ cell, input: (noise) => noise.normal([2]) } for a cell, { name, operation, operands } for a primitive, { estimator: () => mine() } for an estimator, or { optimizer: () => mine() } for an optimiser';

/** The kind of thing that a value offers for checking; undefined if none. */
export function kindOf(value: unknown): Verdict['kind'] | undefined {
  if (anEstimator.holds(value)) return 'estimator';
  if (anOptimizer.holds(value)) return 'optimizer';
  if (!guard.isRecord(value)) return undefined;
  if ('cell' in value) return 'cell';
  if ('operation' in value) return 'primitive';
  if ('estimator' in value) return 'estimator';
  return 'optimizer' in value ? 'optimizer' : undefined;
}

/**
 * Checks every law of a subject, and returns which hold.
 * @throws ConfigurationError for what is no subject.
 */
export function verdictOf(subject: Subject): Verdict {
  const { kind, name, laws } = lawsOf(subject);
  const judged = Object.entries(laws).map(([law, check]) => judge(law, check));
  const holds = judged.every(({ result }) => result === 'holds');
  return { kind, name, laws: judged, holds, toString: () => textOf(kind, name, judged) };
}

/**
 * Checks every law of a cell, a primitive, an estimator or an optimiser; for the tests of any runner, as it needs none.
 * @throws LawError whose message is the verdict, unless all laws hold; ConfigurationError for what is no
 * subject.
 */
export function check(subject: Subject): void {
  const verdict = verdictOf(subject);
  if (!verdict.holds) throw new LawError(String(verdict));
}

/** The laws of a subject, by its kind. @throws ConfigurationError for what is none. */
export function lawsOf(subject: Subject): Pick<Verdict, 'kind' | 'name'> & { readonly laws: Laws } {
  const kind = kindOf(subject);
  if (anEstimator.holds(subject)) {
    const own = subject as Estimator;
    return { kind: 'estimator', name: own.name, laws: influenceLaws({ estimator: () => own }) };
  }
  if (anOptimizer.holds(subject)) {
    const own = subject as Optimizer;
    return { kind: 'optimizer', name: own.name, laws: optimizerLaws({ optimizer: () => own }) };
  }
  if (isCell(subject)) {
    const laws = cellLaws(subject);
    return { kind: 'cell', name: subject.name ?? subject.cell.name, laws };
  }
  if (isPrimitive(subject)) return { kind: 'primitive', name: subject.name, laws: primitiveLaws(subject) };
  if (kind === undefined)
    throw new ConfigurationError(`a check needs ${forms}, got ${guard.describe(subject)}`);
  if (isOptimizer(subject)) {
    const laws = optimizerLaws(subject);
    return { kind, name: subject.name ?? subject.optimizer().name, laws };
  }
  const own = subject as InfluenceSubject;
  const laws = influenceLaws(own);
  return { kind: 'estimator', name: own.name ?? own.estimator().name, laws };
}

function isCell(subject: Subject): subject is CellSubject<unknown, unknown, unknown> {
  return kindOf(subject) === 'cell';
}

function isPrimitive(subject: Subject): subject is PrimitiveSubject {
  return kindOf(subject) === 'primitive';
}

function isOptimizer(subject: Subject): subject is OptimizerSubject {
  return kindOf(subject) === 'optimizer';
}

/** Checks one law. */
export function judge(law: string, check: () => void): LawVerdict {
  try {
    check();
    return { law, result: 'holds' };
  } catch (error) {
    const { sentence, example } = lawError(error);
    return { law, result: error instanceof UncheckedError ? 'not checked' : 'fails', sentence, example };
  }
}

function textOf(kind: string, name: string, laws: readonly LawVerdict[]): string {
  const count = laws.filter(({ result }) => result === 'holds').length;
  const others = laws.filter(({ result }) => result !== 'holds');
  const shown = new Set<string>();
  return [
    `${kind} ${name}: ${count} of ${laws.length} laws hold`,
    ...others.map((verdict) => lawText(verdict, shown)),
  ].join('\n');
}

/**
 * A law on one line, and beneath it what is wrong.
 * @param shown the lines of examples that were shown before, which are not repeated; those of this one are added.
 */
export function lawText(
  { law, result, sentence, example = [] }: LawVerdict,
  shown: Set<string> = new Set(),
): string {
  const own = example.filter((line) => !shown.has(line));
  const rest = own.length < example.length ? [own.length > 0 ? 'the rest as above' : 'as above'] : [];
  for (const line of own) shown.add(line);
  const wrong =
    sentence === undefined ? [] : [`    ${sentence}`, ...[...own, ...rest].map((line) => `      ${line}`)];
  return [`  ${result}: ${law}`, ...wrong].join('\n');
}
