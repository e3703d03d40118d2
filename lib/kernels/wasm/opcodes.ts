/**
 * The instruction set of the machine: a plan is a run of int32 words in linear memory, each instruction its opcode followed
 * by its operands in the order given here. Add `float64` to an opcode for the float64 form.
 *
 * Operands: `out`, `x`, … are byte addresses of contiguous row-major buffers; `a`, `b`, `c` and `scalar` are byte addresses
 * of single elements; `id`, `ids` and `mask` are byte addresses of int32; `m`, `n`, `k`, `rows`, `count`, … are plain counts;
 * `accumulate`, `inverted` and `transpose…` are 0 or 1. `out` may be an input of the same shape in elementwise and rank-one
 * instructions, and nowhere else unless an instruction says so.
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
  /** out = x · y, and 0 where that is NaN because one of the two is 0. */
  strongmul: ['out', 'x', 'y', 'n'],
  div: ['out', 'x', 'y', 'n'],
  /** out = x / y, and 0 where that is NaN because x is 0 or y infinite. */
  strongdiv: ['out', 'x', 'y', 'n'],
  /** out = x^y, as C has it: 1^y = x^0 = 1 even for NaN. */
  pow: ['out', 'x', 'y', 'n'],
  /** out = the larger of x and y; NaN where either is. */
  maximum: ['out', 'x', 'y', 'n'],
  /** out (int32) = 1 where x > y, 0 elsewhere, also where either is NaN. */
  greater: ['out', 'x', 'y', 'n'],
  /** out = x + *scalar. */
  adds: ['out', 'x', 'scalar', 'n'],
  /** out = x · *scalar. */
  muls: ['out', 'x', 'scalar', 'n'],
  /** out = x / *scalar. */
  divs: ['out', 'x', 'scalar', 'n'],
  /** The same as strongdiv with one y for all. */
  strongdivs: ['out', 'x', 'scalar', 'n'],
  /** out = x^*scalar. */
  pows: ['out', 'x', 'scalar', 'n'],
  /** out (int32) = 1 where x > *scalar. */
  greaters: ['out', 'x', 'scalar', 'n'],
  /** out (int32) = 1 where x < *scalar. */
  lessers: ['out', 'x', 'scalar', 'n'],
  /** out = x where the mask is not 0 (where it is 0, when inverted), 0 elsewhere. */
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
  /** Row *id of out [·,n] += *c v. */
  rowadd: ['out', 'c', 'v', 'id', 'n'],
  /** out = row *id of d [·,n] · v. */
  rowdot: ['out', 'd', 'id', 'v', 'n'],
  dot: ['out', 'x', 'y', 'n'],
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
  /** out [m,n] (+)= a b; a is [m,k], or [k,m] when transposed; b is [k,n], or [n,k] when transposed. Without transposeA, out may be a when n = k <= 128. */
  gemm: ['out', 'a', 'b', 'm', 'n', 'k', 'transposeA', 'transposeB', 'accumulate'],
  /** out [outer,inner] = sum over the middle axis of x [outer,n,inner]; 0 when n is 0. */
  sum: ['out', 'x', 'outer', 'n', 'inner'],
  /** The same with the maximum: NaN where there is one, -∞ when n is 0. */
  max: ['out', 'x', 'outer', 'n', 'inner'],
  /** out [outer,n,inner] = the running sums along the middle axis of x, from its end when `reverse` is 1. */
  cumsum: ['out', 'x', 'outer', 'n', 'inner', 'reverse'],
  /** out [rows] (int32) = index of the first NaN of each row of x [rows,n], of the first largest element where there is none. */
  argmax: ['out', 'x', 'rows', 'n'],
  /** Copies x to out, `rank` axes; then follow `rank` sizes, `rank` strides of out, `rank` strides of x, in elements. */
  strided: ['out', 'x', 'rank'],
  /** Row i of out [count,width] = row ids[i] of x. */
  gather: ['out', 'x', 'ids', 'count', 'width'],
  /** out [rows,width] = 0, then row ids[i] of out += row i of x [count,width]. */
  scatteradd: ['out', 'x', 'ids', 'count', 'width', 'rows'],
  /** m = β₁m + (1-β₁)g; v = β₂v + (1-β₂)g²; w += -rate (m c₁)/(√(v c₂)+ε); scalars: β₁ 1-β₁ β₂ 1-β₂ c₁ c₂ -rate ε. */
  adam: ['w', 'm', 'v', 'g', 'n', 'scalars'],
  /**
   * Runs `words` words of instructions at `program` over n elements, 256 at a time. They are copy … axpbypcz, axpb and dot, of the
   * same dtype as `tiles`; their own n is ignored; a buffer operand below 16 is a register that holds 256 elements; `dot`
   * adds its tiles up.
   */
  tiles: ['program', 'words', 'n'],
  /** One number: out = x + y, and so on. The same as with n = 1, and quicker. */
  add1: ['out', 'x', 'y'],
  mul1: ['out', 'x', 'y'],
  div1: ['out', 'x', 'y'],
  reciprocal1: ['out', 'x'],
  sqrt1: ['out', 'x'],
  /** out = *a x + *b. */
  axpb: ['out', 'a', 'x', 'b', 'n'],
  /** norm = the sum of the squares of x [m,n], row after row. */
  squares: ['norm', 'x', 'm', 'n'],
  /**
   * t [m,n] = *k t + *s y⊗z, and norm = the sum of its squares, as `squares` has it. With oneHot, y is the int32 of the one row that
   * receives *s z.
   */
  rank1norm: ['t', 'norm', 'k', 's', 'y', 'z', 'm', 'n', 'oneHot'],
  /** w [m,n] = *a w + *b t + *c u⊗v, and then t and norm as `rank1norm`. With oneHot, u is an int32 too. */
  rank1pair: ['w', 't', 'norm', 'a', 'b', 'c', 'u', 'v', 'k', 's', 'y', 'z', 'm', 'n', 'oneHot'],
  /**
   * What is NaN in out [m,n] = a b once more, as a sum of products in which 0 times infinity or NaN is 0. a is [m,k], or [k,m] when
   * transposed; b is [k,n], or [n,k] when transposed.
   */
  mend: ['out', 'a', 'b', 'm', 'n', 'k', 'transposeA', 'transposeB'],
  /** The same as the instructions without `strong`, but that 0 times infinity or NaN is 0 in the products u⊗v and y⊗z. */
  strongouter: ['out', 'c', 'u', 'v', 'm', 'n'],
  strongrank1: ['out', 'a', 'x', 'c', 'u', 'v', 'm', 'n'],
  strongrank1two: ['out', 'a', 'x', 'b', 'y', 'c', 'u', 'v', 'm', 'n'],
  strongbilinear: ['out', 'u', 'd', 'v', 'm', 'n'],
  strongrank1norm: ['t', 'norm', 'k', 's', 'y', 'z', 'm', 'n', 'oneHot'],
  strongrank1pair: ['w', 't', 'norm', 'a', 'b', 'c', 'u', 'v', 'k', 's', 'y', 'z', 'm', 'n', 'oneHot'],
} as const satisfies Record<string, readonly string[]>;

/** The instructions that write more than their first operand: how many they write, from the first on. */
export const written: Partial<Readonly<Record<OpName, number>>> = {
  matvec2: 2,
  matvect2: 2,
  rank1norm: 2,
  rank1pair: 3,
  strongrank1norm: 2,
  strongrank1pair: 3,
};

/** The name of an instruction. */
export type OpName = keyof typeof operands;

const names = Object.keys(operands) as OpName[];

/** The opcode of each instruction, for float32. */
export const opcodes = Object.fromEntries(names.map((name, code) => [name, code])) as Readonly<Record<OpName, number>>;

/** What to add to an opcode for float64. */
export const float64 = 128;
