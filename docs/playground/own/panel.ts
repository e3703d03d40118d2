import { createEditor } from '../editor/editor.ts';
import { missing } from '../editor/missing.ts';
import { createVerdict } from '../editor/verdict.ts';
import { button, choice, chooseNone, element } from '../page/dom.ts';
import { counted, short, smoothed } from '../page/numbers.ts';
import { setBar, setRows } from '../page/rows.ts';
import { goTo, section } from '../page/section.ts';
import { share } from '../page/share.ts';
import { addressOf, isMessage, startWorker } from '../page/worker.ts';
import { examples } from './examples.ts';
import type { FromOwn, Training } from './messages.ts';

/** Milliseconds without a sign of life after which a written cell is stopped. */
const patience = 20_000;
/** Milliseconds without a key after which what is written is tried. */
const rest = 350;

/** A cell in ten lines: its laws, and every estimator on it. */
export function ownPanel(): void {
  let worker: Worker | undefined;
  /** Counts the attempts, and what ends them: one that is loaded late must not begin. */
  let attempts = 0;
  let isVisible = false;
  let due: ReturnType<typeof setTimeout> | undefined;
  let watch: ReturnType<typeof setTimeout> | undefined;
  let average = smoothed();

  const editor = createEditor('The source of the cell', () => later());
  const verdict = createVerdict('own-said', editor);
  const { say, refuse } = verdict;
  const laws = element('ul', { class: 'laws', id: 'own-laws' });
  const rate = element('p', { class: 'rate', id: 'own-rate' });
  const body = element('tbody');
  const table = element(
    'table',
    { class: 'trainings', hidden: '' },
    element(
      'caption',
      {},
      'Trained by every estimator to count: aⁿ⏎bⁿ⏎ with n up to 2, 8 units, Adam. Bits a symbol over the latest quarter of the steps, as a bar and a number: without counting 0.40, at best 0.20. The time a step includes compiling.',
    ),
    body,
  );

  function stop(): void {
    attempts++;
    worker?.terminate();
    worker = undefined;
    clearTimeout(due);
    clearTimeout(watch);
  }

  function later(): void {
    stop();
    due = setTimeout(() => void attempt(), rest);
  }

  async function attempt(): Promise<void> {
    stop();
    if (!isVisible) return;
    const attempted = attempts;
    // The parser is loaded when it is needed.
    const { moduleOf } = await import('./source.ts');
    if (attempted !== attempts) return;
    const written = moduleOf(editor.value, addressOf);
    laws.replaceChildren();
    body.replaceChildren();
    table.hidden = true;
    rate.textContent = '';
    average = smoothed();
    if ('sentence' in written) {
      refuse(written.sentence, written.line);
      return;
    }
    say('checking …', 'busy');
    const own = startWorker(written.module);
    worker = own;
    expectLife();
    own.addEventListener('message', ({ data }: MessageEvent<FromOwn>) => {
      // Messages that a cell posts itself are ignored.
      if (own !== worker || !isMessage(data)) return;
      expectLife();
      take(data);
    });
    own.addEventListener('error', (event) => {
      if (own !== worker) return;
      event.preventDefault();
      stop();
      if (event.message) {
        const line = event.lineno > 0 ? event.lineno : undefined;
        const where = line === undefined ? '' : `line ${line}: `;
        refuse(`${where}${event.message.replace(/^Uncaught /, '')}`, line);
      } else void missing(written.imports).then(({ sentence, line }) => refuse(sentence, line));
    });
  }

  function expectLife(): void {
    clearTimeout(watch);
    watch = setTimeout(() => {
      stop();
      refuse(`stopped: nothing came for ${patience / 1000} seconds; does a loop not end?`, undefined);
    }, patience);
  }

  function take(news: FromOwn): void {
    if (news.kind === 'refused') {
      clearTimeout(watch);
      refuse(news.sentence, news.line);
    } else if (news.kind === 'found')
      laws.replaceChildren(...news.laws.map((law) => element('li', { 'data-result': 'open' }, law)));
    else if (news.kind === 'law') {
      const item = [...laws.children].find(({ textContent }) => textContent === news.law);
      if (!(item instanceof HTMLElement)) return;
      item.dataset.result = news.result;
      if (news.sentence !== undefined)
        item.append(...unlessShown('p', news.sentence), ...unlessShown('pre', news.example?.join('\n')));
      sayLaws();
    } else showTraining(news.rows, news.rate);
  }

  /** The sentence or the example of a law, unless an earlier law has the same. */
  function unlessShown(tag: 'p' | 'pre', text = ''): readonly Node[] {
    const isShown = [...laws.querySelectorAll(tag)].some(({ textContent }) => textContent === text);
    return text === '' || isShown ? [] : [element(tag, {}, text)];
  }

  function sayLaws(): void {
    const results = [...laws.querySelectorAll('li')].map(({ dataset }) => dataset.result);
    const held = results.filter((result) => result === 'holds').length;
    const isOver = !results.includes('open');
    say(
      `${held} of ${results.length} laws hold${isOver ? '' : ' so far'}`,
      !isOver ? 'busy' : held === results.length ? 'good' : 'bad',
    );
  }

  function showTraining(rows: readonly Training[], own: number): void {
    table.hidden = false;
    setRows(body, rows.length);
    const isOver = rows.every(({ done, refused }) => done === 1 || refused !== undefined);
    const most = Math.max(...rows.map(({ bits }) => bits).filter(Number.isFinite));
    rows.forEach(({ title, bits, time, refused }, i) => {
      const [head, bar, score, pace] = body.children[i].children;
      head.textContent = title;
      if (refused !== undefined) {
        const isShown = rows.slice(0, i).some((earlier) => earlier.refused === refused);
        bar.textContent = isShown ? 'likewise' : refused;
        bar.classList.add('refusal');
        return;
      }
      setBar(bar, Number.isFinite(bits) ? bits / most : 0);
      score.textContent = Number.isFinite(bits) ? `${bits.toFixed(2)} bits` : '';
      pace.textContent = Number.isFinite(time) ? `${short(time, 1)} µs` : '';
    });
    if (isOver) clearTimeout(watch);
    const share =
      rows.reduce((sum, { done, refused }) => sum + (refused === undefined ? done : 1), 0) / rows.length;
    rate.textContent = isOver
      ? 'all have had their 4,000 steps'
      : `${Math.floor(100 * share)} % of 4,000 steps each · ${counted(average(own))} steps a second`;
    rate.dataset.isOver = String(isOver);
  }

  const beginnings = choice(
    'Begin with',
    [
      ['leaky', 'leaky tanh'],
      ['minimal', 'minimal gate'],
      ['wrong', 'a wrong one'],
    ],
    'leaky',
    (name) => {
      editor.set(examples[name]);
      later();
    },
  );

  section({
    id: 'own',
    title: 'A cell of your own',
    text: [
      'A cell is an init, a start and a step. Write one: while you type, its derivatives are compared with differences, RTRL with backpropagation through time, and the mean of UORO over every sequence of signs with both.',
      'Then every estimator trains it. Nothing has to be derived by hand, and a law that fails shows the smallest example.',
    ],
    controls: [
      beginnings,
      element(
        'div',
        { class: 'buttons' },
        button('Check again', () => void attempt()),
        button('Link to it', () => void link()),
      ),
      rate,
    ],
    figure: [editor.root, verdict.root, laws, table],
    onShown(isShown) {
      isVisible = isShown;
      if (!isShown) stop();
      else if (worker === undefined) later();
    },
  });
  async function link(): Promise<void> {
    say(`${await share(`#cell=${encodeURIComponent(editor.value)}`)}: it brings this cell`, 'good');
  }

  /** A link may bring a source, `#cell=…` as encodeURIComponent writes it. */
  function fromLink(): void {
    const [, given] = /^#cell=(.+)$/s.exec(location.hash) ?? [];
    if (given === undefined) return;
    goTo('own');
    try {
      editor.set(decodeURIComponent(given));
      chooseNone(beginnings);
      later();
    } catch {
      say('the cell of the link is not as encodeURIComponent writes it', 'bad');
    }
  }

  editor.set(examples.leaky);
  addEventListener('hashchange', fromLink);
  fromLink();
}
