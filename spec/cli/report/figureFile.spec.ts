import { expect } from 'chai';
import { drawingAs } from '../../../cli/report/figureFile.ts';
import type { Figure } from '../../../cli/report/plots.ts';

const figure = (label: string): Figure => ({
  x: 'step',
  y: 'loss',
  isLogarithmic: false,
  curves: [
    {
      label,
      points: [
        [1, 1],
        [10, 0.5],
      ],
    },
  ],
});

describe('cli/report: files of figures', () => {
  it('in PNG are wide enough for print, and have their text', async () => {
    const draw = await drawingAs('png');
    const [one, other] = ['UORO', 'RTRL'].map((label) => Buffer.from(draw(figure(label))));
    expect(one.subarray(1, 4).toString()).to.equal('PNG');
    expect(one.readUInt32BE(16)).to.equal(2400);
    // Without a font they would be the same.
    expect(one.equals(other)).to.equal(false);
    expect(one.equals(Buffer.from(draw(figure('UORO'))))).to.equal(true);
  });

  it('leave out a curve that lies wholly outside of what is shown', async () => {
    const far = { label: 'far', points: [[1, -3e4] as const, [10, -2e4] as const] };
    const inside = figure('UORO');
    const both = { ...inside, curves: [...inside.curves, far], view: { x: [1, 10], y: [0, 3] } } as const;
    for (const format of ['svg', 'png'] as const)
      expect((await drawingAs(format))(both)).to.have.length.above(1000);
  });

  it('label a logarithmic axis by what is drawn on it, whatever the steps are', async () => {
    const draw = await drawingAs('svg');
    const range = [[1e6, 0.4, 0.6] as const, [2e6, 0.2, 0.3] as const];
    const own = { label: 'UORO', points: [[1e6, 0.5] as const, [2e6, 0.25] as const] };
    const labels = (curve: Figure['curves'][number]) =>
      /aria-label="y-axis tick label"[\s\S]*?<\/g>/.exec(
        String(draw({ ...figure(''), isLogarithmic: true, curves: [curve] })),
      )?.[0];
    const wide = { ...own, points: [...own.points, [3e6, 0.6] as const, [4e6, 0.2] as const] };
    expect(labels({ ...own, range })).to.deep.equal(labels(wide));
  });

  it('in SVG stand alone', async () => {
    const draw = await drawingAs('svg');
    expect(draw(figure('UORO'))).to.match(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<svg [\s\S]*UORO[\s\S]*<\/svg>\n$/,
    );
  });
});
