import { type FloatDType, fromData, kernels as reference, type wasm } from '../../lib/index.ts';
import { Code, type Place } from '../hand/code.ts';
import { interleave, type Runner } from '../measure.ts';
import type { Options } from '../options.ts';
import { type Cell, digits, type Table } from '../report.ts';

/** A kernel at size n: its operands, and the operations and elements moved per call. */
interface Kernel {
  readonly name: wasm.OpName;
  readonly operands: (code: Code, n: number) => readonly (Place | number)[];
  readonly operations: (n: number) => number;
  readonly elements: (n: number) => number;
  /** Whether n counts elements instead of the rows and columns of matrices. */
  readonly flat?: boolean;
}

const square = (n: number) => n * n;
const unary = (name: wasm.OpName, operations = 1): Kernel => ({
  name,
  operands: (code, n) => [code.place(n), code.place(n), n],
  operations: (n) => operations * n,
  elements: (n) => 2 * n,
  flat: true,
});

const all: readonly Kernel[] = [
  {
    name: 'matvec',
    operands: (c, n) => [c.place(n), c.place(n * n), c.place(n), n, n, 0],
    operations: (n) => 2 * square(n),
    elements: square,
  },
  {
    name: 'matvect',
    operands: (c, n) => [c.place(n), c.place(n * n), c.place(n), n, n, 0],
    operations: (n) => 2 * square(n),
    elements: square,
  },
  {
    name: 'matvec2',
    operands: (c, n) => [c.place(n), c.place(n), c.place(n * n), c.place(n), c.place(n), n, n],
    operations: (n) => 4 * square(n),
    elements: square,
  },
  {
    name: 'matvect2',
    operands: (c, n) => [c.place(n), c.place(n), c.place(n * n), c.place(n), c.place(n), n, n],
    operations: (n) => 4 * square(n),
    elements: square,
  },
  {
    name: 'outer',
    operands: (c, n) => [c.place(n * n), c.constant(1), c.place(n), c.place(n), n, n],
    operations: square,
    elements: square,
  },
  {
    name: 'rank1',
    operands: (c, n) => {
      const x = c.place(n * n);
      return [x, c.constant(1), x, c.constant(1), c.place(n), c.place(n), n, n];
    },
    operations: (n) => 3 * square(n),
    elements: (n) => 2 * square(n),
  },
  {
    name: 'rank1two',
    operands: (c, n) => {
      const x = c.place(n * n);
      return [
        x,
        c.constant(1),
        x,
        c.constant(1),
        c.place(n * n),
        c.constant(1),
        c.place(n),
        c.place(n),
        n,
        n,
      ];
    },
    operations: (n) => 5 * square(n),
    elements: (n) => 3 * square(n),
  },
  {
    name: 'gemm',
    operands: (c, n) => [c.place(n * n), c.place(n * n), c.place(n * n), n, n, n, 0, 0, 0],
    operations: (n) => 2 * n ** 3,
    elements: (n) => 3 * square(n),
  },
  {
    name: 'dot',
    operands: (c, n) => [c.place(1), c.place(n), c.place(n), n],
    operations: (n) => 2 * n,
    elements: (n) => 2 * n,
    flat: true,
  },
  {
    name: 'axpby',
    operands: (c, n) => {
      const x = c.place(n);
      return [x, c.constant(1), x, c.constant(1), c.place(n), n];
    },
    operations: (n) => 3 * n,
    elements: (n) => 3 * n,
    flat: true,
  },
  {
    name: 'adam',
    operands: (c, n) => {
      const scalars = c.place(8);
      return [c.place(n), c.place(n), c.place(n), c.place(n), n, scalars];
    },
    operations: (n) => 13 * n,
    elements: (n) => 7 * n,
    flat: true,
  },
  {
    name: 'mul',
    operands: (c, n) => [c.place(n), c.place(n), c.place(n), n],
    operations: (n) => n,
    elements: (n) => 3 * n,
    flat: true,
  },
  unary('copy', 0),
  unary('tanh'),
  unary('sigmoid'),
  unary('exp'),
  unary('log'),
  unary('erf'),
  unary('sqrt'),
];

const repeats = 16;

/** Each kernel alone, called sixteen times per run, so that calling WebAssembly hardly counts. */
export function kernelTable({ effort, sizes }: Options, say: (text: string) => void): Table {
  const own = sizes.filter((n) => n >= 64 && n <= 512);
  const rows = all.flatMap(({ name, operands, operations, elements, flat }): Cell[][] =>
    own.map((size) => {
      const n = flat ? size * size : size;
      say(`kernels: ${name} ${n}`);
      const dtypes: readonly FloatDType[] = ['float32', 'float64'];
      const runners = dtypes.map((dtype): Runner => {
        const code = new Code(dtype);
        const places = operands(code, n);
        for (let i = 0; i < repeats; i++) code.emit(name, ...places);
        const { run } = code.load();
        return {
          name,
          run: (count) => {
            for (let i = 0; i < count; i++) run();
          },
        };
      });
      const timings = interleave(runners, effort).map(({ median }) => median / repeats);
      const speeds = timings.flatMap((time, i) => [
        digits(operations(n) / (1000 * time)),
        digits((elements(n) * (i === 0 ? 4 : 8)) / (1000 * time)),
      ]);
      return [
        name,
        flat ? String(n) : name === 'gemm' ? `${n}³` : `${n}×${n}`,
        digits(timings[0]),
        speeds[0],
        speeds[1],
        digits(timings[1]),
        speeds[2],
        speeds[3],
        referenceTime(name, n),
      ];
    }),
  );
  return {
    group: 'kernels',
    title: 'Kernels by themselves',
    columns: [
      'kernel',
      'size',
      'float32 µs',
      'Gop/s',
      'GB/s',
      'float64 µs',
      'Gop/s',
      'GB/s',
      'reference float32 µs',
    ],
    rows,
    notes: [
      'An operation is one addition, multiplication, division or root; a tanh, an exp and the like count as one. Bytes count each argument once.',
    ],
  };
}

/** The reference kernel's time, for a few kernels. */
function referenceTime(name: string, n: number): string {
  const vector = () => fromData(new Float32Array(n).fill(0.5), [n]);
  const matrix = (columns: number) => fromData(new Float32Array(n * columns).fill(0.5), [n, columns]);
  const flags = { transposeLeft: false, transposeRight: false };
  const [x, y] =
    name === 'matvec'
      ? [matrix(n), fromData(new Float32Array(n).fill(0.5), [n, 1])]
      : name === 'gemm' && n <= 256
        ? [matrix(n), matrix(n)]
        : [vector(), vector()];
  const call =
    name === 'matvec' || (name === 'gemm' && n <= 256)
      ? () => reference.matmul(x, y, flags.transposeLeft, flags.transposeRight)
      : name === 'tanh'
        ? () => reference.map(x, Math.tanh)
        : name === 'mul'
          ? () => reference.mul(x, y)
          : undefined;
  if (call === undefined) return '';
  const [timing] = interleave(
    [
      {
        name,
        run: (count) => {
          for (let i = 0; i < count; i++) call();
        },
      },
    ],
    { rounds: 5, turn: 5 },
  );
  return digits(timing.median);
}
