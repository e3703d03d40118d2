/**
 * The instruction set of the machine. A plan is a sequence of int32 words in linear memory; each instruction
 * is its opcode, then its operands in the order given here. Add `float64` to an opcode for its float64 form.
 *
 * Operands: `out`, `x`, … are byte addresses of contiguous row-major buffers; `a`, `b`, `c` and `scalar` are
 * byte addresses of single elements; `id`, `ids` and `mask` are byte addresses of int32; `m`, `n`, `k`,
 * `rows`, `count`, … are counts; `accumulate`, `inverted` and `transpose…` are 0 or 1. `out` may be an input
 * of the same shape in elementwise and rank-one instructions, but not in others unless the instruction says
 * so.
 */
export const operands = {
  /** out = x, bit for bit (int32 too). */
  copy: ['out', 'x', 'n'],
  neg: ['out', 'x', 'n'],
  exp: ['out', 'x', 'n'],
  log: ['out', 'x', 'n'],
  tanh: ['out', 'x', 'n'],
  sigmoid: ['out', 'x', 'n'],
  reciprocal: ['out', 'x', 'n'],
  sqrt: ['out', 'x', 'n'],
  sin: ['out', 'x', 'n'],
  cos: ['out', 'x', 'n'],
  erf: ['out', 'x', 'n'],
  log1p: ['out', 'x', 'n'],
  expm1: ['out', 'x', 'n'],
  atan: ['out', 'x', 'n'],
  floor: ['out', 'x', 'n'],
  /** out = the power of two at or below |x|, at least the smallest normal number; 1 for 0, ∞ and NaN. */
  binade: ['out', 'x', 'n'],
  square: ['out', 'x', 'n'],
  /** out = *scalar everywhere, bit for bit. */
  fill: ['out', 'scalar', 'n'],
  add: ['out', 'x', 'y', 'n'],
  sub: ['out', 'x', 'y', 'n'],
  mul: ['out', 'x', 'y', 'n'],
  /** out = x · y; 0 if that is NaN because a factor is 0. */
  strongmul: ['out', 'x', 'y', 'n'],
  div: ['out', 'x', 'y', 'n'],
  /** out = x / y; 0 if that is NaN because x is 0 or y infinite. */
  strongdiv: ['out', 'x', 'y', 'n'],
  /** out = x^y, as C has it: 1^y = x^0 = 1 even for NaN. */
  pow: ['out', 'x', 'y', 'n'],
  /** out = the larger of x and y; NaN if either is NaN. */
  maximum: ['out', 'x', 'y', 'n'],
  /** out (int32) = 1 where x > y, else 0 (also for NaN). */
  greater: ['out', 'x', 'y', 'n'],
  /** out = x + *scalar. */
  adds: ['out', 'x', 'scalar', 'n'],
  /** out = x · *scalar. */
  muls: ['out', 'x', 'scalar', 'n'],
  /** strongmul with one y for all elements. */
  strongmuls: ['out', 'x', 'scalar', 'n'],
  /** out = x / *scalar. */
  divs: ['out', 'x', 'scalar', 'n'],
  /** strongdiv with one y for all elements. */
  strongdivs: ['out', 'x', 'scalar', 'n'],
  /** out = x^*scalar. */
  pows: ['out', 'x', 'scalar', 'n'],
  /** out (int32) = 1 where x > *scalar. */
  greaters: ['out', 'x', 'scalar', 'n'],
  /** out (int32) = 1 where x < *scalar. */
  lessers: ['out', 'x', 'scalar', 'n'],
  /** out = x where the mask is non-zero (zero if inverted), else 0. */
  select: ['out', 'x', 'mask', 'inverted', 'n'],
  /** out = *a x + *b y. */
  axpby: ['out', 'a', 'x', 'b', 'y', 'n'],
  /** out = *a x + *b y + *c z. */
  axpbypcz: ['out', 'a', 'x', 'b', 'y', 'c', 'z', 'n'],
  /** out [m,n] = *c u⊗v. */
  outer: ['out', 'c', 'u', 'v', 'm', 'n'],
  /** out [m,n] = *a x + *c u⊗v. */
  rank1: ['out', 'a', 'x', 'c', 'u', 'v', 'm', 'n'],
  /** out [m,n] = *a x + *b y + *c u⊗v. */
  rank1two: ['out', 'a', 'x', 'b', 'y', 'c', 'u', 'v', 'm', 'n'],
  /**
   * out [m,n] = *a d∘x + *b e∘y + *c u⊗v + *g f∘z, added in this order: d, e and f have a factor for each row, or
   * for each column if `columns`; 0 stands for ones, and y, u and z may be 0 to leave their terms out. z needs y.
   */
  lines: ['out', 'm', 'n', 'columns', 'a', 'x', 'd', 'b', 'y', 'e', 'g', 'z', 'f', 'c', 'u', 'v'],
  /**
   * w [m,n] = *a w + *b d∘t + *c u⊗v + *g e∘r, t = k∘t + l∘r + *s y⊗v and r = f∘t + h∘r + *o q⊗v, of the old t and r;
   * d, e, f, h, k and l have a factor for each row, or for each column if `columns`. r may be 0, and so may u, to
   * leave these terms out.
   */
  traces: [
    ...(['w', 't', 'r', 'm', 'n', 'columns', 'a', 'b', 'd', 'g', 'e', 'c', 'u', 'v'] as const),
    ...(['k', 'l', 's', 'y', 'f', 'h', 'o', 'q'] as const),
  ],
  /** Row *id of out [·,n] += *c v. */
  rowadd: ['out', 'c', 'v', 'id', 'n'],
  /** out = row *id of d [·,n] · v. */
  rowdot: ['out', 'd', 'id', 'v', 'n'],
  /** total = the sum of x · y. */
  dot: ['total', 'x', 'y', 'n'],
  /** out = uᵀ d v, d [m,n]. */
  bilinear: ['out', 'u', 'd', 'v', 'm', 'n'],
  /** out [m] (+)= a x, a [m,k]. */
  matvec: ['out', 'a', 'x', 'm', 'k', 'accumulate'],
  /** out [k] (+)= aᵀ x, a [m,k]. */
  matvect: ['out', 'a', 'x', 'm', 'k', 'accumulate'],
  /** out1 = a x1 and out2 = a x2. */
  matvec2: ['out1', 'out2', 'a', 'x1', 'x2', 'm', 'k'],
  /** out1 = aᵀ x1 and out2 = aᵀ x2. */
  matvect2: ['out1', 'out2', 'a', 'x1', 'x2', 'm', 'k'],
  /**
   * out [m,n] (+)= a b; a is [m,k], or [k,m] if transposed; b is [k,n], or [n,k] if transposed. If a is not
   * transposed and n = k <= 128, out may be a. With `transposeB` 2, b is what `panels` wrote; k <= 256.
   */
  gemm: ['out', 'a', 'b', 'm', 'n', 'k', 'transposeA', 'transposeB', 'accumulate'],
  /** out = b [k,n], or [n,k] if transposed, as `gemm` reads it: panels of 32 bytes of each row, the last one filled up. */
  panels: ['out', 'b', 'n', 'k', 'transposeB'],
  /** out [outer,inner] = sum over the middle axis of x [outer,n,inner]; 0 when n is 0. */
  sum: ['out', 'x', 'outer', 'n', 'inner'],
  /** As sum, with the maximum: NaN if any element is NaN, -∞ if n is 0. */
  max: ['out', 'x', 'outer', 'n', 'inner'],
  /** out [outer,n,inner] = running sums along the middle axis of x, from its end if `reverse` is 1. */
  cumsum: ['out', 'x', 'outer', 'n', 'inner', 'reverse'],
  /** out [rows] (int32) = index of each row's first NaN, else of its first largest element; x [rows,n]. */
  argmax: ['out', 'x', 'rows', 'n'],
  /**
   * Copies x to out, `rank` axes. `rank` sizes, `rank` strides of out and `rank` strides of x follow, in
   * elements.
   */
  strided: ['out', 'x', 'rank'],
  /** Row i of out [count,width] = row ids[i] of x. */
  gather: ['out', 'x', 'ids', 'count', 'width'],
  /**
   * out [rows,width] = 0, then row ids[i] of out += row i of x [count,width]. For many rows, `lost` has the
   * size of out and holds the compensations; for few it is 0.
   */
  scatteradd: ['out', 'x', 'ids', 'count', 'width', 'rows', 'lost'],
  /**
   * m = β₁m + (1-β₁)g; v = β₂v + (1-β₂)g²; w += -rate (m c₁)/(√(v c₂)+ε). Scalars: β₁ 1-β₁ β₂ 1-β₂ c₁ c₂
   * -rate ε.
   */
  adam: ['w', 'm', 'v', 'g', 'n', 'scalars'],
  /** v = βv + (1-β)g²; w += -rate (g/(√v+ε)). Scalars: β 1-β -rate ε. */
  rmsprop: ['w', 'v', 'g', 'n', 'scalars'],
  /**
   * Runs `words` words of instructions at `program` over n elements, 256 at a time. Allowed are copy …
   * axpbypcz, axpb and dot, of the same dtype as `tiles`; their own n is ignored. A buffer operand below 16
   * is a register of 256 elements. `dot` sums over all tiles.
   */
  tiles: ['program', 'words', 'n'],
  /**
   * Runs a loop of the machine's, by its index: elementwise instructions that were compiled for one plan. n and the
   * addresses that they have follow, `words` in all.
   */
  loop: ['id', 'words'],
  /**
   * Runs the instruction at `program`, of `words` words, `count` times. The same number of words follows it:
   * the bytes by which each word of the instruction advances between runs.
   */
  repeat: ['program', 'words', 'count'],
  /** Calls the machine's `call` with this number. */
  call: ['id'],
  /** One number: out = x + y, and so on. As with n = 1, but faster. */
  add1: ['out', 'x', 'y'],
  mul1: ['out', 'x', 'y'],
  div1: ['out', 'x', 'y'],
  reciprocal1: ['out', 'x'],
  sqrt1: ['out', 'x'],
  /** out = *a x + *b. */
  axpb: ['out', 'a', 'x', 'b', 'n'],
  /** norm = the sum of squares of x [m,n], row by row. */
  squares: ['norm', 'x', 'm', 'n'],
  /**
   * t [m,n] = *k t + *s y⊗z; norm = its sum of squares, as in `squares`. If oneHot, y is the int32 index of
   * the only row that receives *s z.
   */
  rank1norm: ['t', 'norm', 'k', 's', 'y', 'z', 'm', 'n', 'oneHot'],
  /**
   * w [m,n] = *a w + *b t + *c u⊗v, then t and norm as in `rank1norm`. If oneHot, u is an int32 index too.
   */
  rank1pair: ['w', 't', 'norm', 'a', 'b', 'c', 'u', 'v', 'k', 's', 'y', 'z', 'm', 'n', 'oneHot'],
  /**
   * Recomputes the NaN elements of out [m,n] = a b, counting 0 times infinity or NaN as 0. a is [m,k], or
   * [k,m] if transposed; b is [k,n], or [n,k] if transposed.
   */
  mend: ['out', 'a', 'b', 'm', 'n', 'k', 'transposeA', 'transposeB'],
  /** As without `strong`, but in u⊗v and y⊗z zero times infinity or NaN is 0. */
  strongouter: ['out', 'c', 'u', 'v', 'm', 'n'],
  strongrank1: ['out', 'a', 'x', 'c', 'u', 'v', 'm', 'n'],
  strongrank1two: ['out', 'a', 'x', 'b', 'y', 'c', 'u', 'v', 'm', 'n'],
  strongbilinear: ['out', 'u', 'd', 'v', 'm', 'n'],
  strongrank1norm: ['t', 'norm', 'k', 's', 'y', 'z', 'm', 'n', 'oneHot'],
  strongrank1pair: ['w', 't', 'norm', 'a', 'b', 'c', 'u', 'v', 'k', 's', 'y', 'z', 'm', 'n', 'oneHot'],
  /**
   * out = √*squares · *unit, where squares is Σ |Σ c x⊗y|² over leaves and their terms, computed by formulas;
   * if it overflowed or lost digits to underflow, it is computed from the elements instead. There follow,
   * `checks` times, the c, |x|² and |y|² of a term in squares; then for each leaf the numbers of its terms
   * (at most three), rows and columns, and for each term c, x, y and its kind: 0 for x itself, 1 for x⊗y, 2
   * for a strong one, 3 for y in the row that the int32 x names.
   */
  norm: ['out', 'squares', 'unit', 'checks', 'leaves'],
} as const satisfies Record<string, readonly string[]>;

/** Instructions that write several operands: how many, counted from the first. */
export const written: Partial<Readonly<Record<OpName, number>>> = {
  matvec2: 2,
  matvect2: 2,
  rank1norm: 2,
  rank1pair: 3,
  traces: 3,
  strongrank1norm: 2,
  strongrank1pair: 3,
};

/** The name of an instruction. */
export type OpName = keyof typeof operands;

/** The operands of the elementwise forms: their names say how an instruction uses them. */
const forms = { unary: 'out x n', binary: 'out x y n', scalar: 'out x scalar n' } as const;

const names = Object.keys(operands) as OpName[];
const formOf = (name: OpName) => operands[name].join(' ');
const ofForm = (form: keyof typeof forms) => names.filter((name) => formOf(name) === forms[form]);
const ranged = [...ofForm('unary'), ...ofForm('binary'), ...ofForm('scalar')];
const inOrder = [...ranged, ...names.filter((name) => !ranged.includes(name))];

/**
 * The float32 opcode of each instruction. Those of one form are adjacent, whatever their order in the table.
 */
export const opcodes = Object.fromEntries(inOrder.map((name, code) => [name, code])) as Readonly<
  Record<OpName, number>
>;

/** The first opcode after those of each form. */
export const ends = {
  unary: ofForm('unary').length,
  binary: ofForm('unary').length + ofForm('binary').length,
  scalar: ranged.length,
} as const;

/**
 * Operands that an elementwise instruction reads or writes element by element, and those shared by all
 * elements.
 */
const [arrays, single] = [
  ['out', 'x', 'y', 'z', 'mask'],
  ['a', 'b', 'c', 'scalar'],
];

/** Whether an instruction runs over n elements one by one, so that it can run in tiles. */
export function isElementwise(name: OpName): boolean {
  const own: readonly string[] = operands[name];
  return (
    own[own.length - 1] === 'n' &&
    own.slice(0, -1).every((operand) => [...arrays, ...single, 'inverted'].includes(operand))
  );
}

/** The positions of operands that all elements of an elementwise instruction share. */
export function singles(name: OpName): number[] {
  return operands[name].flatMap((operand, at) => (single.includes(operand) ? at : []));
}

/** Add this to an opcode for its float64 form. */
export const float64 = 128;
