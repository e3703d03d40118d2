import { picture } from '../page/canvas.ts';
import { button, choice, element } from '../page/dom.ts';
import { counted, smoothed } from '../page/numbers.ts';
import { section } from '../page/section.ts';
import { companion } from '../page/worker.ts';
import { createCamera } from './camera.ts';
import { drawBits, drawTrail } from './drawing.ts';
import type { FromTrajectory, ToTrajectory } from './messages.ts';
import { names, symbols, type Way, ways } from './setting.ts';
import type { Trail } from './study.ts';

/** Radians of a key, and of a frame when it turns by itself. */
const [byKey, byItself] = [0.12, 0.0035];
/** Steps between two points of the course at first; more as it grows. */
const spacing = 1.015;
/** Steps of which the bits are shown, in the mean. */
const memory = 2000;

/** The state of a network of three units, which is a point in space, while it learns to count. */
export function trajectoryPanel(): void {
  const camera = createCamera();
  let trail: Trail = { states: new Float32Array(), symbols: new Uint8Array() };
  let yardsticks = { best: 2 / 7, countBlind: 4 / 7 };
  let course: [number, number][] = [];
  let way: Way = 'rtrl';
  let seed = 1;
  let number = 0;
  let isOn = true;
  let isVisible = false;
  let isTurning = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  let [bits, rate] = [smoothed(), smoothed()];
  let steps = 0;

  const space = picture(
    (width) => Math.min(460, width),
    (paper) => drawTrail(paper, camera, trail),
  );
  const bitsChart = picture(
    () => 190,
    (paper) => drawBits(paper, course, yardsticks),
  );
  const said = element('p', { class: 'said', id: 'trajectory-said' });
  const pace = element('p', { class: 'rate', id: 'trajectory-rate' });

  const worker = companion<ToTrajectory, FromTrajectory>({
    name: 'trajectory',
    onFailure: say,
    onMessage(news) {
      if (news.kind === 'failed') say(news.sentence);
      else if (news.number === number) show(news);
    },
  });

  function say(sentence: string): void {
    said.textContent = sentence;
  }

  function show(news: FromTrajectory & { kind: 'news' }): void {
    trail = news.trail;
    yardsticks = news;
    // However many steps a report has: a fast machine must not show old ones for longer.
    const level = bits(news.bits, 1 - Math.exp((steps - news.steps) / memory));
    steps = news.steps;
    if (news.steps > spacing * (course.at(-1)?.[0] ?? 0)) course.push([news.steps, level]);
    said.dataset.bits = level.toFixed(3);
    said.dataset.steps = String(news.steps);
    say(
      `${names[way]}: ${level.toFixed(2)} bits a symbol. Without counting ${news.countBlind.toFixed(2)}, at best ${news.best.toFixed(2)}.`,
    );
    pace.textContent = `step ${counted(news.steps)} · ${counted(rate(news.rate))} steps a second`;
    space.redraw();
    bitsChart.redraw();
    bitsChart.describe(`${said.textContent} Step ${news.steps}.`);
  }

  function begin(): void {
    course = [];
    [bits, rate] = [smoothed(), smoothed()];
    steps = 0;
    worker.tell({ kind: 'begin', number: ++number, way, seed });
  }

  function frame(): void {
    if (!isTurning || !isVisible) return;
    camera.turn(byItself, 0);
    space.redraw();
    requestAnimationFrame(frame);
  }

  const { canvas } = space;
  canvas.tabIndex = 0;
  canvas.classList.add('space');
  canvas.addEventListener('keydown', (event) => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => camera.turn(-byKey, 0),
      ArrowRight: () => camera.turn(byKey, 0),
      ArrowUp: () => camera.turn(0, byKey),
      ArrowDown: () => camera.turn(0, -byKey),
      '+': () => camera.approach(0.9),
      '-': () => camera.approach(1 / 0.9),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    turnByItself(false);
    move();
    space.redraw();
  });
  canvas.addEventListener('pointerdown', (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener('pointermove', (event) => {
    if (event.buttons === 0) return;
    turnByItself(false);
    camera.turn(-event.movementX / 120, event.movementY / 120);
    space.redraw();
  });
  space.describe(
    'The latest states of the network in the cube of all states. Arrow keys turn it, + and - come nearer.',
  );

  const turning = button('', () => turnByItself(!isTurning));
  function turnByItself(on: boolean): void {
    if (on && !isTurning) requestAnimationFrame(frame);
    isTurning = on;
    turning.textContent = on ? 'Stop turning' : 'Turn';
  }
  turnByItself(isTurning);

  const toggle = button('Pause', () => {
    isOn = !isOn;
    toggle.textContent = isOn ? 'Pause' : 'Resume';
    worker.tell({ kind: 'run', isOn: isOn && isVisible });
  });
  const key = element(
    'p',
    { class: 'key' },
    ...symbols.flatMap((symbol, i) => [
      element('i', { class: ['quiet', 'uoro', 'blocks'][i] }),
      ` after ${symbol} `,
    ]),
  );

  section({
    id: 'trajectory',
    title: 'A state in space',
    text: [
      'A GRU of three units reads aⁿ⏎bⁿ⏎ symbol by symbol, n from 1 to 4, and must know how many a there were. Its state has three numbers from −1 to 1, so it is a point in a cube: what you see is all of it, the latest 280 states, while it learns.',
      'With RTRL or UORO the paths part by their count. With truncation to four steps it never sees why the longer ones should, and stays above what can be reached.',
      'Drag the cube, or turn it with the arrow keys; + and − come nearer and go back.',
    ],
    controls: [
      choice(
        'Learns by',
        ways.map((each) => [each, names[each]] as const),
        way,
        (next) => {
          way = next;
          begin();
        },
      ),
      element(
        'div',
        { class: 'buttons' },
        toggle,
        turning,
        button('Another beginning', () => {
          seed++;
          begin();
        }),
      ),
      pace,
    ],
    figure: [canvas, key, said, bitsChart.canvas],
    onShown(isShown) {
      isVisible = isShown;
      if (isShown) worker.wake();
      if (isShown) requestAnimationFrame(frame);
      worker.tell({ kind: 'run', isOn: isOn && isVisible });
    },
  });
  begin();
}
