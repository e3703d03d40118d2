import { expect } from 'chai';
import { createCamera } from '../../docs/playground/trajectory/camera.ts';
import { createStudy } from '../../docs/playground/trajectory/study.ts';

describe('playground: a state in space', () => {
  it('learns to count with three units, and tells the states that it passes', () => {
    const study = createStudy('rtrl', 1);
    study.advance(12_000);
    expect(study.advance(2000)).to.be.below(0.75 * study.countBlind);
    const { states, symbols } = study.follow(50);
    expect(study.steps).to.equal(14_050);
    expect(states).to.have.length(150);
    expect([...symbols].every((symbol) => symbol < 3)).to.equal(true);
    expect([...states].every((value) => Math.abs(value) < 1)).to.equal(true);
    // After its newline, a block of a's leaves the state at another place than a block of another length.
    const distance = (i: number, j: number) =>
      Math.hypot(...[0, 1, 2].map((k) => states[3 * i + k] - states[3 * j + k]));
    expect(distance(0, 1)).to.be.above(1e-3);
  });

  it('is seen by a camera: the middle in the middle, and, after a turn, a side in front', () => {
    const camera = createCamera();
    const at = (point: readonly [number, number, number]) => camera.project(point, 400, 300);
    expect(at([0, 0, 0]).x).to.be.closeTo(200, 1e-9);
    expect(at([0, 0, 0]).y).to.be.closeTo(150, 1e-9);
    expect(at([0, 0, 0]).depth).to.be.closeTo(0, 1e-6);
    camera.turn(-0.7, -0.4);
    const [right, near] = [at([1, 0, 0]), at([0, 0, 1])];
    expect(right.x).to.be.above(220);
    expect(right.depth).to.be.closeTo(0, 1e-6);
    expect(near.x).to.be.closeTo(200, 1e-4);
    expect(near.depth).to.be.closeTo(1 / Math.sqrt(3), 1e-6);
    camera.turn(Math.PI / 2, 0);
    expect(at([1, 0, 0]).depth).to.be.closeTo(1 / Math.sqrt(3), 1e-6);
    const before = at([0, 1, 0]).y;
    camera.approach(0.7);
    expect(at([0, 1, 0]).y).to.be.below(before);
  });
});
