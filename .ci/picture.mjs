// Draws docs/pictures/influence-balancing.svg from the runs of the showcase:
// npm start, then node .ci/picture.mjs runs/demo > docs/pictures/influence-balancing.svg
import { join } from 'node:path';
import { plot } from '../dist/cli/plot/index.js';
import { historyOf } from '../dist/cli/runs/index.js';

const [demo] = process.argv.slice(2);
if (demo === undefined) {
  process.stderr.write('usage: node .ci/picture.mjs runs/demo\n');
  process.exit(2);
}
const contestants = ['UORO', 'RTRL', 'TBPTT-1', 'TBPTT-10', 'TBPTT-100', 'TBPTT-200'];
const histories = await Promise.all(
  contestants.map((name) => historyOf(join(demo, 'influence-balancing', name.toLowerCase()))),
);
// Later losses of what diverged would flatten all others.
const [least, most] = [1e-34, 1e12];
const curves = histories.map((history) =>
  history.map(([step, loss]) => [step, Math.min(most, Math.max(least, loss))]),
);
const svg = plot(Object.fromEntries(contestants.map((name, i) => [name, curves[i]])), {
  y: 'loss, mean of the latest 1 %',
  xScale: 'log',
  yScale: 'log',
});
process.stdout.write(`${svg}\n`);
