import { expect } from 'chai';
import { DOMParser } from 'linkedom';
import { type History, plot } from '../../../cli/plot/index.ts';
import { historyOf } from '../../../cli/runs/index.ts';
import { ConfigurationError, UsageError } from '../../../lib/index.ts';
import { createDesk } from '../command.ts';

const parse = (svg: string) => new DOMParser().parseFromString(svg, 'image/svg+xml');
/** The path of each curve, as pairs of coordinates. */
const curvesOf = (svg: string) =>
  [...parse(svg).querySelectorAll('[aria-label="line"] path')].map((path) =>
    [...(path.getAttribute('d') ?? '').matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]),
  );
const textsOf = (svg: string) =>
  [...parse(svg).querySelectorAll('text')].map(({ textContent }) => textContent);

describe('norewind/plot', () => {
  it('draws an array of losses as one SVG element, a point a step', () => {
    const svg = plot([3, 2, 2.5, 1]);
    expect(svg).to.match(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"[\s\S]*<\/svg>$/);
    const [curve] = curvesOf(svg);
    expect(curve).to.have.length(4);
    const heights = curve.map(([, y]) => y);
    expect(heights[3]).to.be.above(heights[1]).and.above(heights[2]).and.above(heights[0]);
    expect(curve[2][0] - curve[1][0]).to.be.closeTo(curve[1][0] - curve[0][0], 0.01);
    expect(textsOf(svg)).to.include.members(['loss', '1', '2', '3']);
    expect(plot(Float64Array.of(3, 2, 2.5, 1))).to.equal(svg);
    expect(plot([1, 2, 3, 4].map((step, i): [number, number] => [step, [3, 2, 2.5, 1][i]]))).to.equal(svg);
  });

  it('names several histories and levels in the legend, as text', () => {
    const svg = plot({ 'a<b': [2, 1], tbptt: [2, 1.5] }, { levels: { best: 0.5 }, y: 'bits', x: 'symbol' });
    expect(textsOf(svg)).to.include.members(['a<b', 'tbptt', 'best']);
    // A text within a line would not be drawn.
    expect(svg.match(/<line [^>]*\/><text [^>]*>(a&lt;b|tbptt|best)<\/text>/g)).to.have.length(3);
    expect(svg).to.contain('bits').and.contain('symbol').and.not.contain('<b"');
    expect(curvesOf(svg)).to.have.length(2);
  });

  it('averages a long history over equal stretches of the axis', () => {
    const losses = Array.from({ length: 100_000 }, (_, i) => 5 + (i % 2 === 0 ? 1 : -1));
    const [curve] = curvesOf(plot(losses));
    expect(curve).to.have.length(200);
    // Every stretch has as many 6 as 4: the mean is 5 everywhere.
    expect(new Set(curve.map(([, y]) => y)).size).to.equal(1);
    const [few] = curvesOf(plot(losses, { points: 10, xScale: 'log' }));
    expect(few).to.have.length.below(11);
    const gaps = few.slice(1).map(([x], i) => x - few[i][0]);
    expect(Math.max(...gaps) / Math.min(...gaps)).to.be.below(1.5);
  });

  it('chooses a logarithmic axis for losses over several powers of ten, unless told', () => {
    const losses = Array.from({ length: 10 }, (_, i) => 10 ** -i);
    const steps = (svg: string) => {
      const [curve] = curvesOf(svg);
      return curve.slice(1).map(([, y], i) => y - curve[i][1]);
    };
    const even = steps(plot(losses));
    expect(Math.max(...even)).to.be.closeTo(Math.min(...even), 0.01);
    const uneven = steps(plot(losses, { yScale: 'linear' }));
    expect(Math.max(...uneven)).to.be.above(100 * Math.min(...uneven));
  });

  it('ends the curve of a learner that diverged', () => {
    const diverged = [1, 10, 100, Number.POSITIVE_INFINITY, Number.NaN];
    const [curve, other] = curvesOf(plot({ diverged, other: [1, 1, 1, 1, 1] }));
    expect(curve).to.have.length(3);
    expect(other).to.have.length(5);
  });

  it('draws losses of any size, the smallest and the largest numbers too', () => {
    for (const losses of [
      [4e-320, 1e-320, 2e-320],
      [Number.MAX_VALUE, -Number.MAX_VALUE],
      Array(1000).fill(1e308),
    ])
      expect(curvesOf(plot(losses, { yScale: 'linear' }))[0]).to.have.length.above(1);
    expect(
      curvesOf(
        plot([
          [5e-324, 1],
          [1e-323, 2],
        ]),
      ),
    ).to.have.length(1);
  });

  it('is the same text every time, in dark colours on white', () => {
    const svg = plot([2, 1]);
    expect(plot([2, 1])).to.equal(svg);
    expect(svg).to.contain('fill="white"').and.contain('color="#1c1e21"');
  });

  it('refuses in a sentence what cannot be drawn', () => {
    const bad: readonly (readonly [() => unknown, string])[] = [
      [() => plot([]), 'plot: the history is empty: there is nothing to draw'],
      [() => plot({}), 'plot: the record of histories is empty: there is nothing to draw'],
      [() => plot({ a: [Number.NaN] }), 'plot: a has no finite loss'],
      [
        () => plot({ a: 3 as unknown as History }),
        'plot: a must be losses, as an array of numbers or of [step, loss] pairs, got 3',
      ],
      [
        () => plot([1, 'x'] as unknown as History),
        'plot: the history has at index 1 neither a number nor a pair of a finite step and a loss, but "x"',
      ],
      [
        () => plot({ a: [1, 0] }, { yScale: 'log' }),
        "plot: a has a loss of 0, which a logarithmic axis cannot show: use yScale: 'linear'",
      ],
      [
        () => plot([[0, 1]], { xScale: 'log' }),
        "plot: the history has a step of 0, which a logarithmic axis cannot show: use xScale: 'linear'",
      ],
      [
        () => plot([1], { levels: { best: -1 }, yScale: 'log' }),
        "plot: the level best is -1, which a logarithmic axis cannot show: use yScale: 'linear'",
      ],
    ];
    for (const [draw, sentence] of bad) expect(draw).to.throw(ConfigurationError, sentence);
  });

  it('draws the folder of a run', async () => {
    const desk = createDesk();
    try {
      const run = 'run anbn --steps 300 --units 3 --out anbn -q';
      expect((await desk.norewind(run.split(' '))).code).to.equal(0);
      const history = await historyOf(desk.path('anbn'));
      const lines = desk.read('anbn/metrics.ndjson').trimEnd().split('\n');
      expect(history).to.deep.equal(
        lines.map((line) => JSON.parse(line)).map(({ step, recent }) => [step, recent]),
      );
      expect(curvesOf(plot({ anbn: history }))[0]).to.have.length(lines.length);
      await historyOf(desk.path('none')).then(
        () => expect.fail('a folder that is none'),
        (error) => expect(error).to.be.instanceOf(UsageError),
      );
    } finally {
      desk.dispose();
    }
  });
});
