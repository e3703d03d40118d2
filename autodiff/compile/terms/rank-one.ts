import type { Tensor } from '../../../lib/index.ts';
import type { Buffer } from '../instructions/instruction.ts';
import type { Lowering } from './lowering.ts';
import type { Coefficient, Term, Terms } from './terms.ts';

/** The output that overwrites an input in place. */
export interface Replacement {
  readonly target: Buffer;
  readonly tensor: Tensor;
}

/** A replacement that is not written yet, with its terms and the buffers that they read. */
export interface Pending extends Replacement {
  readonly value: Terms;
  readonly reads: ReadonlySet<Buffer>;
}

/** Whether nothing else that is pending still reads what these overwrite. */
export function isUnread(written: readonly Pending[], pending: readonly Pending[]): boolean {
  return pending.every(
    (one) => written.includes(one) || written.every(({ target }) => !one.reads.has(target)),
  );
}

/** u⊗v, or v in the row that u names, with its coefficient. */
interface Product {
  readonly coefficient: Coefficient;
  readonly u: Buffer;
  readonly v: Buffer;
  readonly m: number;
  readonly n: number;
  readonly oneHot: boolean;
  readonly strong: boolean;
}

/** An array that becomes a multiple of itself, perhaps of another, and a product. */
interface RankOne {
  readonly own: Coefficient;
  readonly other?: Coefficient;
  readonly product: Product;
}

/**
 * Writes the new value of `next` and, where it is the estimate of an influence or moves along one, that
 * estimate too, in one pass that also leaves the norm that the next run needs: W ← a W + b T + c u⊗v, T ← k T
 * + s y⊗z, |T|². Returns what was written; nothing for terms of another form.
 *
 * The norm carries over from run to run, so the instruction that computed it at the beginning of a run goes.
 */
export function writeRankOne(
  lowering: Lowering,
  next: Pending,
  pending: readonly Pending[],
): readonly Pending[] {
  const { dtype, size } = next.target;
  const coefficient = (own: Coefficient) => lowering.materializer.coefficient(own, dtype);
  for (const twin of pending) {
    if (twin === next || twin.target.size !== size || twin.target.dtype !== dtype) continue;
    // Most of the others are none that it moves along, and that is seen at once.
    if (!next.reads.has(twin.target) || !isUnread([next, twin], pending)) continue;
    const [w, t] = [rankOneOf(lowering, next, twin.target), rankOneOf(lowering, twin)];
    if (w?.other === undefined || t === undefined || !sameForm(w.product, t.product)) continue;
    const norm = carriedNorm(lowering, twin, pending, t.product) ?? lowering.assembler.buffer(dtype, 1);
    const [first, second] = [w.product, t.product].map((product) => factored(lowering, product));
    lowering.assembler.emit(
      first.strong || second.strong ? 'strongrank1pair' : 'rank1pair',
      dtype,
      ...[next.target, twin.target, norm],
      ...[coefficient(w.own), coefficient(w.other), first.at, first.u, first.v],
      ...[coefficient(t.own), second.at, second.u, second.v],
      ...[first.m, first.n, Number(first.oneHot)],
    );
    return [next, twin];
  }
  const t = isUnread([next], pending) ? rankOneOf(lowering, next) : undefined;
  const norm = t && carriedNorm(lowering, next, pending, t.product);
  if (t === undefined || norm === undefined) return [];
  const { at, u, v, m, n, oneHot, strong } = factored(lowering, t.product);
  const scalars = [coefficient(t.own), at];
  lowering.assembler.emit(
    strong ? 'strongrank1norm' : 'rank1norm',
    dtype,
    next.target,
    norm,
    ...scalars,
    u,
    v,
    m,
    n,
    Number(oneHot),
  );
  return [next];
}

function rankOneOf(lowering: Lowering, { target, value }: Pending, other?: Buffer): RankOne | undefined {
  const of = (buffer: Buffer) => value.filter(({ part }) => part.kind === 'dense' && part.buffer === buffer);
  const [own, along] = [of(target), other === undefined ? [] : of(other)];
  const [product, ...more] = value.filter((term) => !own.includes(term) && !along.includes(term));
  if (
    own.length !== 1 ||
    along.length !== (other === undefined ? 0 : 1) ||
    product === undefined ||
    more.length > 0
  )
    return undefined;
  const made = productOf(lowering, product, target);
  if (made === undefined || [made.u, made.v].some((buffer) => buffer === target || buffer === other))
    return undefined;
  return {
    own: own[0].coefficient,
    product: made,
    ...(along.length === 1 ? { other: along[0].coefficient } : {}),
  };
}

function productOf(
  { assembler }: Lowering,
  { coefficient, part }: Term,
  { dtype, size }: Buffer,
): Product | undefined {
  switch (part.kind) {
    case 'outer':
      return {
        coefficient,
        u: part.u,
        v: part.v,
        m: part.u.size,
        n: part.v.size,
        oneHot: false,
        strong: part.strong,
      };
    case 'row':
      return {
        coefficient,
        u: part.index,
        v: part.v,
        m: size / part.v.size,
        n: part.v.size,
        oneHot: true,
        strong: false,
      };
    case 'dense':
      // A vector is its product with 1.
      return {
        coefficient,
        u: assembler.scalar(dtype, 1),
        v: part.buffer,
        m: 1,
        n: size,
        oneHot: false,
        strong: false,
      };
    default:
      return undefined;
  }
}

/** A product with its coefficient as a scalar; one that is strong is multiplied into a factor. */
function factored({ materializer }: Lowering, product: Product): Product & { readonly at: Buffer } {
  if (product.oneHot || product.m === 1) {
    const { at, buffer: v } = materializer.factors(product.coefficient, product.v);
    return { ...product, at, v };
  }
  const { at, buffer: u } = materializer.factors(product.coefficient, product.u);
  return { ...product, at, u };
}

function sameForm(a: Product, b: Product): boolean {
  return a.m === b.m && a.n === b.n && a.oneHot === b.oneHot && (!a.oneHot || a.u === b.u);
}

/**
 * The buffer that keeps a target's sum of squares from run to run; undefined if the run does not need it, or
 * needs the old one until the end.
 */
export function carriedNorm(
  lowering: Lowering,
  { target }: Pending,
  pending: readonly Pending[],
  { m, n, count = 1 }: { readonly m: number; readonly n: number; readonly count?: number },
): Buffer | undefined {
  const norm = lowering.squares(target, count);
  const isNeeded = pending.some(({ value }) =>
    value.some(
      ({ coefficient, part }) =>
        norm && (coefficient.scalars.includes(norm) || (part.kind === 'entries' && part.by.includes(norm))),
    ),
  );
  if (norm === undefined || norm.pinned || isNeeded) return undefined;
  norm.pinned = true;
  lowering.carried.push({ norm, x: target, m, n, count });
  return norm;
}
