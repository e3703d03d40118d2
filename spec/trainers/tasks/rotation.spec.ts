import { expect } from 'chai';
import fc from 'fast-check';
import { matmul } from '../../../autodiff/index.ts';
import { ConfigurationError, dataOf, type NestedArray } from '../../../lib/index.ts';
import { type RotationOptions, rotation } from '../../../trainers/tasks/index.ts';
import { take } from './reading.ts';

const angles = fc.double({ min: -10, max: 10, noNaN: true });
const entries = fc.double({ min: -5, max: 5, noNaN: true });
const axes = fc.tuple(entries, entries, entries).filter((axis) => Math.hypot(...axis) > 0.1);
const options: fc.Arbitrary<RotationOptions> = fc.oneof(
  fc.record({ angle: angles, seed: fc.maxSafeNat() }),
  fc.record({ angle: angles, seed: fc.maxSafeNat(), dimensions: fc.constant(3 as const), axis: axes }),
);

describe('rotation', () => {
  it('moves a point of length 1 by its Jacobian, and each target is the next input', () => {
    fc.assert(
      fc.property(options, (given) => {
        const task = rotation(given);
        const d = given.dimensions ?? 2;
        expect(task.jacobian.shape).to.deep.equal([d, d]);
        let previous: readonly number[] | undefined;
        for (const { input, target } of take(task, 30)) {
          const x = [...dataOf(input)];
          expect(x).to.have.length(d);
          expect(Math.hypot(...x)).to.be.closeTo(1, 1e-14);
          if (previous !== undefined) expect(x).to.deep.equal(previous);
          previous = [...dataOf(target)];
          close(previous, [...dataOf(matmul(task.jacobian, input))], 1e-14);
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('turns counterclockwise: by the rotation matrix of the plane, by the formula of Rodrigues in space', () => {
    fc.assert(
      fc.property(angles, axes, (angle, axis) => {
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        const plane = rotation({ angle }).jacobian.toArray() as number[][];
        close(plane.flat(), [cos, -sin, sin, cos], 1e-14);
        const length = Math.hypot(...axis);
        const [x, y, z] = axis.map((entry) => entry / length);
        const cross = [0, -z, y, z, 0, -x, -y, x, 0];
        const outer = [x * x, x * y, x * z, y * x, y * y, y * z, z * x, z * y, z * z];
        const rodrigues = cross.map((k, i) => (i % 4 === 0 ? cos : 0) + sin * k + (1 - cos) * outer[i]);
        const space = rotation({ angle, axis, dimensions: 3 }).jacobian.toArray() as number[][];
        close(space.flat(), rodrigues, 1e-13);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it('stays on the circle and in phase for a long time', () => {
    const angle = (2 * Math.PI) / 7;
    const examples = take(rotation({ angle, seed: 3 }), 70001);
    close([...dataOf(examples[70000].input)], [...dataOf(examples[0].input)], 1e-10);
    expect(Math.hypot(...dataOf(examples[70000].target))).to.be.closeTo(1, 1e-15);
  });

  it('starts anywhere on the circle', () => {
    const quadrants = [0, 0, 0, 0];
    for (let seed = 0; seed < 400; seed++) {
      const [x, y] = dataOf(take(rotation({ seed }), 1)[0].input);
      quadrants[(x > 0 ? 1 : 0) + (y > 0 ? 2 : 0)]++;
    }
    for (const count of quadrants) expect(count).to.be.within(65, 135);
  });

  it('makes tensors of the given dtype', () => {
    const task = rotation({ dtype: 'float32', dimensions: 3 });
    const [{ input, target }] = take(task, 1);
    expect([task.jacobian, input, target].map(({ dtype }) => dtype)).to.deep.equal([
      'float32',
      'float32',
      'float32',
    ]);
  });

  it('accepts an axis of any length', () => {
    const of = (scale: number) =>
      rotation({ dimensions: 3, axis: [scale, 2 * scale, -scale] }).jacobian.toArray() as NestedArray[];
    for (const scale of [1e-300, 1e300])
      close((of(scale) as number[][]).flat(), (of(1) as number[][]).flat(), 1e-14);
  });

  it('refuses options that make no sense', () => {
    for (const [bad, message] of [
      [{ angle: Number.NaN }, 'angle must be a finite number, got NaN'],
      [{ dimensions: 4 }, 'dimensions must be 2 or 3, got 4'],
      [{ axis: [0, 0, 1] }, 'a circle has no axis'],
      [{ dimensions: 3, axis: [0, 0, 0] }, 'axis must not be zero'],
      [{ dimensions: 3, axis: [0, 0, Infinity] }, 'axis[2] must be a finite number'],
      [{ dimensions: 3, axis: [0, 1] }, 'three entries, got 2'],
      [{ dtype: 'int32' }, 'dtype must be float32 or float64'],
      [{ seed: 2 ** 60 }, 'seed must be'],
      [{ speed: 1 }, 'there is no option speed'],
    ] as [RotationOptions, string][])
      expect(() => rotation(bad)).to.throw(ConfigurationError, message);
  });
});

function close(got: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(got).to.have.length(expected.length);
  for (const [i, value] of got.entries()) expect(value).to.be.closeTo(expected[i], tolerance);
}
