import { inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { compile, dual, grad, jvp, square, sum } from '../../autodiff/index.ts';
import {
  cast,
  DTypeError,
  dataOf,
  eye,
  full,
  indices,
  kernels,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from '../../lib/index.ts';

const text = (x: Tensor) => String(x);

describe('printing', () => {
  it('prints dtype, shape and values', () => {
    for (const [x, printed] of [
      [tensor(3), 'float64[] 3'],
      [tensor([1, 2.5, -300]), 'float64[3] [1, 2.5, -300]'],
      [tensor([]), 'float64[0] []'],
      [zeros([0, 3]), 'float64[0,3]\n[]'],
      [indices([3, 1]), 'int32[2] [3, 1]'],
      [tensor([0.1, 1 / 3], { dtype: 'float32' }), 'float32[2] [0.1, 0.3333333]'],
      [tensor([0.1, 1 / 3]), 'float64[2] [0.1, 0.33333333]'],
      [tensor([Number.NaN, 1 / 0, -1 / 0, -0]), 'float64[4] [NaN, Infinity, -Infinity, -0]'],
      [tensor([1e-300, 1.5e300]), 'float64[2] [1e-300, 1.5e+300]'],
      [eye(2), 'float64[2,2]\n[[1, 0],\n [0, 1]]'],
      [
        tensor([
          [1, -10],
          [200, 0.5],
        ]),
        'float64[2,2]\n[[  1, -10],\n [200, 0.5]]',
      ],
      [full([2, 1, 2], 7), 'float64[2,1,2]\n[[[7, 7]],\n\n [[7, 7]]]'],
    ] as const)
      expect(text(x)).to.equal(printed);
  });

  it('abridges tensors of more than 1,000 elements as NumPy does, whatever the strides', () => {
    const long = tensor(Array.from({ length: 2000 }, (_, i) => i));
    expect(text(long)).to.equal('float64[2000] [0, 1, 2, …, 1997, 1998, 1999]');
    const rows = tensor(Array.from({ length: 600 }, (_, i) => [i, 2 * i]));
    expect(text(rows)).to.equal(
      'float64[600,2]\n[[   0,    0],\n [   1,    2],\n [   2,    4],\n …,\n [ 597, 1194],\n [ 598, 1196],\n [ 599, 1198]]',
    );
    expect(text(kernels.permute(rows, [1, 0])).split('\n')[1]).to.equal(
      '[[   0,    1,    2, …,  597,  598,  599],',
    );
    expect(text(zeros([1000, 1000, 1000, 0]))).to.equal('float64[1000,1000,1000,0]\n[]');
    expect(text(tensor(Array.from({ length: 1000 }, () => 1)))).not.to.contain('…');
  });

  it('breaks lines at 100 columns', () => {
    for (const line of text(tensor(Array.from({ length: 300 }, (_, i) => Math.sqrt(i))))
      .split('\n')
      .slice(1))
      expect(line.length).to.be.at.most(100);
  });

  it('is the same in templates, console.log and inside other objects', () => {
    const x = tensor([1, 2]);
    expect(`${x}`).to.equal(text(x));
    expect(inspect(x)).to.equal(text(x));
    expect(inspect({ w: x })).to.equal('{ w: float64[2] [1, 2] }');
    expect(inspect({ a: { b: { c: { d: x } } } })).to.contain('[Object]');
    expect(inspect({ a: { b: [x] } }, { depth: 1 })).to.equal('{ a: { b: [Array] } }');
    expect({ [`${x}`]: 1 }).to.have.property('float64[2] [1, 2]');
  });

  it('marks dual numbers and symbols as such', () => {
    expect(text(dual(3, 1))).to.equal('dual float64[] 3 + 1ε');
    expect(text(dual(tensor([1, 2]), tensor([0, 1])))).to.equal('dual float64[2] [1, 2] + [0, 1]ε');
    const seen: string[] = [];
    const look = (x: Tensor) => {
      seen.push(text(x), JSON.stringify(x));
      return sum(square(x));
    };
    jvp(look, [tensor(3)], [tensor(2)]);
    grad(look)(tensor(3));
    compile(function step(x: Tensor) {
      return look(x);
    })(tensor([3]));
    expect(seen).to.deep.equal([
      'dual float64[] of jvp(look) 3 + 2ε',
      '{"dtype":"float64","shape":[],"primal":{"dtype":"float64","shape":[],"data":[3]},"tangent":{"dtype":"float64","shape":[],"data":[2]}}',
      'dual float64[] of grad(look) 3 + (symbol float64[] of grad(look))ε',
      '{"dtype":"float64","shape":[],"primal":{"dtype":"float64","shape":[],"data":[3]},"tangent":{"dtype":"float64","shape":[],"symbol":"grad(look)"}}',
      'symbol float64[1] of compile(step)',
      '{"dtype":"float64","shape":[1],"symbol":"compile(step)"}',
    ]);
  });

  it('is read back from JSON bit for bit, in every dtype', () => {
    const values = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, 1 / 0, -1 / 0, -0, 5e-324));
    const dtypes = fc.constantFrom('float64' as const, 'float32' as const);
    const check = (rows: number[][], dtype: 'float32' | 'float64') => {
      const x = tensor(dtype === 'float64' ? rows : rows.map((row) => row.map(Math.fround)), { dtype });
      const back = tensor(JSON.parse(JSON.stringify(x)));
      expect([back.dtype, back.shape]).to.deep.equal([dtype, [...x.shape]]);
      dataOf(x).forEach((value, i) => {
        expect(Object.is(dataOf(back)[i], value), `${value}`).to.equal(true);
      });
    };
    const rows = fc.array(
      fc.tuple(values, values).map((pair) => [...pair]),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(fc.property(rows, dtypes, check), { seed: 1, numRuns: 200 });
    expect(tensor(JSON.parse(JSON.stringify(zeros([2, 0])))).shape).to.deep.equal([2, 0]);
    expect(tensor(JSON.parse(JSON.stringify(indices([7])))).dtype).to.equal('int32');
    expect(
      tensor(JSON.parse(JSON.stringify(cast(eye(2), 'float32'))), { dtype: 'float64' }).toArray(),
    ).to.deep.equal([
      [1, 0],
      [0, 1],
    ]);
  });

  it('refuses JSON of anything but a tensor', () => {
    const read = (value: object) => () => tensor(value as never);
    expect(read({ dtype: 'float16', shape: [1], data: [1] })).to.throw(
      DTypeError,
      'there is no dtype "float16"',
    );
    expect(read({ dtype: 'float64', shape: [2], data: [1] })).to.throw(
      ShapeError,
      'data must be 2 numbers for the shape [2]',
    );
    expect(read({ dtype: 'float64', shape: [1], data: ['nan'] })).to.throw(
      DTypeError,
      'entry 0 of data is "nan", not a number',
    );
    expect(read({ dtype: 'int32', shape: [1], data: [0.5] })).to.throw(
      DTypeError,
      '0.5 is not a 32-bit whole number',
    );
    expect(read({ dtype: 'float64', shape: [-1], data: [] })).to.throw(ShapeError, 'is not a shape');
  });
});

describe("JavaScript's operators on tensors", () => {
  const h = tensor([1, 2]) as unknown as number;
  const scalar = tensor(2) as unknown as number;
  const operations: Readonly<Record<string, () => unknown>> = {
    '1 - h': () => 1 - h,
    'h - 1': () => h - 1,
    'h1 + h2': () => h + scalar,
    "'loss' + h": () => [h].reduce((total, value) => total + value, 'loss' as unknown as number),
    'h * 2': () => h * 2,
    '2 / h': () => 2 / h,
    'h ** 2': () => h ** 2,
    'h % 2': () => h % 2,
    '-h': () => -h,
    '+h': () => +scalar,
    'h > 0': () => h > 0,
    '0 <= h': () => 0 <= scalar,
    // biome-ignore lint/suspicious/noDoubleEquals: what is refused
    'h == 2': () => scalar == 2,
    'h | 0': () => scalar | 0,
    '~h': () => ~scalar,
    'Number(h)': () => Number(scalar),
    'Math.tanh(h)': () => Math.tanh(scalar),
    'Math.max(h, 0)': () => Math.max(scalar, 0),
    'isNaN(h)': () => Number.isNaN(Number(h)),
    'sums += h': () => [h, scalar].reduce((total, value) => total + value, 0),
  };
  for (const [name, operation] of Object.entries(operations))
    it(`are refused, with what to write instead: ${name}`, () => {
      expect(operation).to.throw(DTypeError, 'use sub(1, h) for 1 - h');
    });

  it('are refused under every transform too', () => {
    const minus = (x: Tensor) => (1 - (x as unknown as number)) as unknown as Tensor;
    for (const run of [
      () => jvp(minus, [tensor(1)], [tensor(1)]),
      () => grad(minus)(tensor(1)),
      () => compile(minus)(tensor(1)),
      () => minus(dual(1, 1)),
      () => grad((x: Tensor) => minus(x))(3 as unknown as Tensor),
    ])
      expect(run).to.throw(/use sub\(1, h\) for 1 - h/);
  });
});
