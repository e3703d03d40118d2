import { expect } from 'chai';
import fc from 'fast-check';
import { add, compile, dot, matmul, mul } from '../../../autodiff/index.ts';
import { leavesOf, seeded, type Tensor, type Tree } from '../../../lib/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

type Args = readonly [Tensor, Tensor, Tensor, Tensor];

/**
 * <Aᵀd + e, s> beside A s, as UORO has them: the cotangent of the state for its inner product with s̃ only.
 */
const inner = (a: Tensor, s: Tensor, d: Tensor, e: Tensor) => ({
  along: dot(add(e, matmul(a, d, { transposeLeft: true })), s),
  pushed: matmul(a, s),
});

const transposed = (text: string) =>
  text.split('\n').filter((line) => line.includes('transposeLeft=true')).length;

const args = (rows: number, columns: number): Args => {
  const noise = seeded(5);
  return [
    noise.normal([rows, columns]),
    noise.normal([columns]),
    noise.normal([rows]),
    noise.normal([columns]),
  ];
};

const sizes = fc.tuple(fc.integer({ min: 2, max: 7 }), fc.integer({ min: 2, max: 7 }));

describe('products with a transposed matrix', () => {
  it('are replaced by the product that is computed anyway, if only an inner product needs them', () => {
    fc.assert(
      fc.property(sizes, ([rows, columns]) => {
        const given = args(rows, columns);
        const compiled = compile(inner);
        expect(transposed(String(compiled.program(...given)))).to.equal(0);
        requireClose(
          numbersOf(leavesOf(compiled(...given) as Tree)),
          numbersOf(leavesOf(inner(...given) as Tree)),
          1e-12,
          'along',
        );
      }),
      { seed: 1, numRuns: 12 },
    );
  });

  it('stay where something else needs them, or nothing stands in for them', () => {
    const given = args(3, 5);
    const needed = compile((a: Tensor, s: Tensor, d: Tensor, e: Tensor) => {
      const back = matmul(a, d, { transposeLeft: true });
      return [dot(add(e, back), s), matmul(a, s), back];
    });
    expect(transposed(String(needed.program(...given)))).to.equal(1);
    const alone = compile((a: Tensor, s: Tensor, d: Tensor) => dot(matmul(a, d, { transposeLeft: true }), s));
    expect(transposed(String(alone.program(given[0], given[1], given[2])))).to.equal(1);
  });

  it('stay where what would stand in for them depends on the inner product', () => {
    const circular = (a: Tensor, s: Tensor, d: Tensor) => {
      const along = dot(matmul(a, d, { transposeLeft: true }), s);
      const next = mul(s, along);
      const pushed = matmul(a, next);
      return [dot(matmul(a, mul(d, along), { transposeLeft: true }), next), pushed, along];
    };
    const [a, s, d] = args(4, 3);
    requireClose(
      numbersOf(compile(circular)(a, s, d) as Tree),
      numbersOf(circular(a, s, d) as Tree),
      1e-12,
      'circular',
    );
  });
});
