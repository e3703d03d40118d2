import type { Buffer, Instruction } from '../instructions/instruction.ts';
import type { Lowering } from './lowering.ts';
import { carriedNorm, isUnread, type Pending } from './rank-one.ts';
import { type EntryOperand, repeated } from './repeat.ts';
import type { Coefficient, EntryPart, Part, Term } from './terms.ts';

/** t_i ← k_i t_i + s_i y_i⊗z_i for the entries t_i of an array; y may be the index of a row. */
interface Moving {
  readonly own: EntryOperand;
  readonly share: EntryOperand;
  readonly of: Exclude<EntryPart, { kind: 'dense' }>;
  readonly count: number;
  readonly m: number;
  readonly n: number;
}

/** w ← a w + b Σ_i weights[i] t_i + c Σ_i u_i⊗v_i; the rows of u and v are those of all entries. */
interface Along {
  readonly own: Coefficient;
  readonly numbers: EntryOperand;
  readonly at: Coefficient;
  readonly u: Buffer;
  readonly v: Buffer;
  readonly strong: boolean;
}

/**
 * `writeRankOne` for the entries of a batch, such as lanes: each has an influence of its own, and what moves along all of
 * them moves with each in turn, in the pass over memory that moves its influence on.
 */
export function writeRankOneEach(
  lowering: Lowering,
  next: Pending,
  pending: readonly Pending[],
): readonly Pending[] {
  for (const twin of pending) {
    if (twin === next || twin.target.dtype !== next.target.dtype) continue;
    if (!next.reads.has(twin.target) || !isUnread([next, twin], pending)) continue;
    const t = movingOf(lowering, twin);
    const w = t && alongOf(lowering, next, twin, t);
    if (t === undefined || w === undefined) continue;
    const norm =
      carriedNorm(lowering, twin, pending, t) ?? lowering.assembler.buffer(twin.target.dtype, t.count);
    writePairs(lowering, next.target, twin.target, w, t, norm);
    return [next, twin];
  }
  const t = isUnread([next], pending) ? movingOf(lowering, next) : undefined;
  const norm = t && carriedNorm(lowering, next, pending, t);
  if (t === undefined || norm === undefined) return [];
  writeNorms(lowering, next.target, t, norm);
  return [next];
}

function movingOf({ materializer }: Lowering, { target, value }: Pending): Moving | undefined {
  if (value.length !== 2) return undefined;
  const own = value.find(({ part }) => denseIn(part) === target);
  const other = value.find((term) => term !== own);
  if (own === undefined || other?.part.kind !== 'entries' || other.part.of.kind === 'dense') return undefined;
  const { count, of } = other.part;
  if (own.part.kind === 'entries' && own.part.count !== count) return undefined;
  const n = of.v.size / count;
  const m = target.size / count / n;
  const [y, z] = factorsOf(of);
  if (y === target || z === target || (of.kind === 'outer' && of.u.size !== m * count)) return undefined;
  const numbers = ({ coefficient, part }: Term) =>
    materializer.entryNumbers.of(coefficient, part.kind === 'entries' ? part.by : [], target.dtype);
  return { own: numbers(own), share: numbers(other), of, count, m, n };
}

function alongOf(
  { materializer }: Lowering,
  { target, value }: Pending,
  twin: Pending,
  { of, count, m, n }: Moving,
): Along | undefined {
  if (value.length !== 3 || target.size * count !== twin.target.size) return undefined;
  const own = value.find(({ part }) => part.kind === 'dense' && part.buffer === target);
  const mixed = value.find(({ part }) => part.kind === 'mixture' && part.buffer === twin.target);
  const product = value.find((term) => term !== own && term !== mixed);
  if (own === undefined || mixed?.part.kind !== 'mixture' || product === undefined) return undefined;
  const made = productIn(product.part, of);
  if (made === undefined || mixed.part.weights.size !== count) return undefined;
  const [u, v] = made;
  if (v.size !== count * n || u.size !== (of.kind === 'row' ? count : count * m)) return undefined;
  if ([u, v].some((buffer) => buffer === target || buffer === twin.target)) return undefined;
  return {
    own: own.coefficient,
    numbers: materializer.entryNumbers.of(mixed.coefficient, [mixed.part.weights], target.dtype),
    at: product.coefficient,
    u,
    v,
    strong: product.part.kind === 'product' && product.part.strong,
  };
}

/** The factors of a product for each entry, of the form of another. */
function productIn(part: Part, of: Moving['of']): readonly [u: Buffer, v: Buffer] | undefined {
  if (of.kind === 'outer') return part.kind === 'product' ? [part.u, part.v] : undefined;
  return part.kind === 'rows' && part.index === of.index ? [part.index, part.v] : undefined;
}

function writePairs(
  lowering: Lowering,
  w: Buffer,
  t: Buffer,
  along: Along,
  moving: Moving,
  norm: Buffer,
): void {
  const { materializer } = lowering;
  const { count, m, n, of, own, share } = moving;
  const oneHot = of.kind === 'row';
  const rows = oneHot ? 1 : m;
  const shared = (coefficient: Coefficient): EntryOperand => ({
    buffer: materializer.coefficient(coefficient, w.dtype),
    stride: 0,
  });
  const [y, z] = factorsOf(of);
  const isStrong = along.strong || (of.kind === 'outer' && of.strong);
  emitEach(lowering, isStrong ? 'strongrank1pair' : 'rank1pair', count, [
    { buffer: w, stride: 0 },
    ...[
      { buffer: t, stride: m * n },
      { buffer: norm, stride: 1 },
    ],
    ...[shared(along.own), along.numbers, shared(along.at)],
    ...[
      { buffer: along.u, stride: rows },
      { buffer: along.v, stride: n },
    ],
    ...[own, share, { buffer: y, stride: rows }, { buffer: z, stride: n }],
    ...[m, n, Number(oneHot)],
  ]);
}

function writeNorms(
  lowering: Lowering,
  t: Buffer,
  { count, m, n, of, own, share }: Moving,
  norm: Buffer,
): void {
  const oneHot = of.kind === 'row';
  const [y, z] = factorsOf(of);
  emitEach(lowering, of.kind === 'outer' && of.strong ? 'strongrank1norm' : 'rank1norm', count, [
    { buffer: t, stride: m * n },
    ...[{ buffer: norm, stride: 1 }, own, share],
    ...[
      { buffer: y, stride: oneHot ? 1 : m },
      { buffer: z, stride: n },
    ],
    ...[m, n, Number(oneHot)],
  ]);
}

function emitEach(
  { assembler }: Lowering,
  operation: Instruction['operation'],
  count: number,
  operands: Parameters<typeof repeated>[2],
): void {
  assembler.instructions.push(repeated(operation, count, operands));
}

function factorsOf(of: Moving['of']): readonly [y: Buffer, z: Buffer] {
  return of.kind === 'row' ? [of.index, of.v] : [of.u, of.v];
}

/** The array of a term that is one, or entries of one. */
function denseIn(part: Part): Buffer | undefined {
  const own = part.kind === 'entries' ? part.of : part;
  return own.kind === 'dense' ? own.buffer : undefined;
}
