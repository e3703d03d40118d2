// Draws the cloud of the playground as an SVG that stands alone: how docs/pictures/cloud.svg is made.
// node --import ./.ci/typescript.mjs .ci/cloud-picture.mjs > docs/pictures/cloud.svg
import { clouds } from '../docs/playground/cloud/cloud.ts';

const shown = [
  { rule: 'uoro', color: '#2f5fd0', title: 'UORO: the mean of all 256' },
  { rule: 'diagonal', color: '#b5651d', title: 'keeps the diagonal of J' },
  { rule: 'forgets', color: '#b5651d', title: 'forgets J' },
];
const [side, gap, head, reach] = [220, 16, 34, 2.1];
const unit = side / 2 / reach;
const all = clouds(2, 4);

const panels = shown.map(({ rule, color, title }, i) => {
  const { dots, mean, miss } = all.find((each) => each.rule === rule);
  const left = 16 + i * (side + gap);
  // A sequence and its negative give the same product.
  const places = new Set();
  for (let k = 0; k < dots.length; k += 2)
    if (Math.hypot(dots[k], dots[k + 1]) < 1.35 * reach) places.add(`${at(dots[k])},${at(-dots[k + 1])}`);
  const path = [...places].map((place) => `M${place}h0`).join('');
  const [x, y] = [at(mean[0]), at(-mean[1])];
  const off = miss < 1e-9 ? 'off by 0, to the last digit' : `off by ${Math.round(100 * miss)} %`;
  return `<g transform="translate(${left} ${head})"><text y="-12">${title}</text>
<svg width="${side}" height="${side}" viewBox="${-side / 2} ${-side / 2} ${side} ${side}"><rect x="${-side / 2}" y="${-side / 2}" width="${side}" height="${side}" rx="8" fill="#f3f2ee"/>
<path d="${path}" stroke="${color}" stroke-opacity=".5" stroke-width="4" stroke-linecap="round"/>
<path d="M-9 0H9M0-9V9" stroke="#1c1e21" stroke-width="1.5"/><path d="M0 0L${x} ${y}" stroke="${color}" stroke-width="2"/><circle cx="${x}" cy="${y}" r="5" fill="${color}" stroke="#f3f2ee"/></svg>
<text y="${side + 18}" fill="#686d74">${off}</text></g>`;
});

const width = 32 + shown.length * side + (shown.length - 1) * gap;
const height = head + side + 34;
// The picture is shown on white and black pages, so it has its own background.
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" fill="#1c1e21" font-family="system-ui, sans-serif" font-size="13">
<rect width="100%" height="100%" rx="6" fill="#fdfdfc"/>
${panels.join('\n')}
</svg>
`);

/** A length in pixels, to a tenth. */
function at(value) {
  return Math.round(10 * unit * value) / 10;
}
