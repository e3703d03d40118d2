// Takes a figure out of a report.html, with its legend, as an SVG that stands alone: how docs/pictures is
// made. node .ci/picture.mjs runs/demo/report.html 1 > docs/pictures/influence-balancing.svg
import { readFileSync } from 'node:fs';
import { DOMParser } from 'linkedom';

const [path, number = '1'] = process.argv.slice(2);
if (path === undefined) fail('usage: node .ci/picture.mjs REPORT.html [which figure, from 1]');
const figures = [
  ...new DOMParser().parseFromString(readFileSync(path, 'utf8'), 'text/html').querySelectorAll('figure'),
];
const figure = figures[Number(number) - 1];
if (figure === undefined) fail(`${path} has ${figures.length} figures, and no figure ${number}`);

const plot = figure.querySelector('svg').outerHTML;
const [width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(plot).slice(1).map(Number);
const head = 34;
let x = 56;
const legend = [...figure.querySelectorAll('figcaption span')].map((entry) => {
  const mark = entry.querySelector('i');
  const color = /#[\da-f]{6}/i.exec(mark.getAttribute('style'))[0];
  const dashes = mark.getAttribute('class') === 'dashed' ? ' stroke-dasharray="4 3"' : '';
  const at = x;
  x += 48 + 7.2 * entry.textContent.length;
  return `<path d="M${at} 18h22" stroke="${color}" stroke-width="3"${dashes}/><text x="${at + 28}" y="22">${escaped(entry.textContent)}</text>`;
});

// The picture is shown on white and black pages, so it has its own background.
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height + head}" width="${width}" height="${height + head}" color="#1c1e21" font-family="system-ui, sans-serif" font-size="13">
<rect width="100%" height="100%" rx="6" fill="#fdfdfc"/>
<g fill="currentColor">${legend.join('')}</g>
<g transform="translate(0 ${head})">${plot}</g>
</svg>
`);

function escaped(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
