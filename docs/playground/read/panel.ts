import { picture } from '../page/canvas.ts';
import { button, choice, element } from '../page/dom.ts';
import { counted, short, smoothed } from '../page/numbers.ts';
import { goTo, section } from '../page/section.ts';
import { companion } from '../page/worker.ts';
import { createBars } from './bars.ts';
import { drawRows } from './chart.ts';
import { receiveFiles } from './files.ts';
import type { Foretold, FromReader, ToReader } from './messages.ts';
import { createTape } from './tape.ts';

/** The rows that the chart shows. */
const span = 160;

/** Learns from what is typed, or from a text or a table, with experts. */
export function readPanel(): void {
  let isBegun = false;
  let reading = 0;
  let rows: Foretold[] = [];
  let column = '';
  let average = smoothed();

  const head = element('p', { class: 'said', id: 'read-said' });
  /** On a file: that it is being read, or why not. */
  const note = element('p', { class: 'note', id: 'read-note', role: 'status' });
  const rate = element('p', { class: 'rate', id: 'read-rate' });
  const bars = createBars();
  const chosen = element('p', { class: 'chosen-letter', id: 'read-letter' });
  const tape = createTape(({ symbol, bits, parts }, isLatest) => {
    const shown = symbol === '\n' ? '⏎' : symbol === ' ' ? '␣' : symbol;
    chosen.replaceChildren(
      isLatest ? 'The latest character, ' : 'The character ',
      element('b', {}, shown),
      bits === undefined ? ', is the first' : `, came with a surprise of ${short(bits)} bits`,
    );
    bars.show(
      parts,
      'How far each prediction is trusted, in per cent, and its own surprise at this character',
    );
  });
  const next = element('p', { class: 'next', id: 'read-next' });
  const written = element('p', { class: 'written', id: 'read-written' });
  const chart = picture(
    () => 260,
    (paper) => drawRows(paper, rows, column),
  );
  const figures = element('p', { class: 'said', id: 'read-figures' });
  const target = element('select');
  /** Of a text alone: a table has nothing to write. */
  const writes = button('Let it write', () => worker.tell({ kind: 'write' }));
  const forText = element('div', {}, tape.root, next, chosen);
  const forRows = element(
    'div',
    { hidden: '' },
    chart.canvas,
    element(
      'p',
      { class: 'key' },
      element('i', { class: 'ink' }),
      'as it came',
      element('i', { class: 'uoro' }),
      'as predicted one row before, with the interval that holds 90 %',
    ),
    element('label', { class: 'column' }, 'The column to predict ', target),
    figures,
  );

  const worker = companion<ToReader, FromReader>({ name: 'read', onMessage: show, onFailure: refuse });

  function say(sentence: string): void {
    head.textContent = sentence;
  }

  function refuse(sentence: string): void {
    note.textContent = sentence;
    note.dataset.state = 'bad';
  }

  function show(news: FromReader): void {
    if (news.kind === 'failed') refuse(news.sentence);
    else if (news.kind === 'written') written.textContent = news.text;
    else {
      if (news.reading !== reading) {
        reading = news.reading;
        rows = [];
        average = smoothed();
        tape.clear();
        written.textContent = '';
        note.textContent = '';
      }
      if (news.kind === 'letters') showLetters(news);
      else showRows(news);
    }
  }

  function showLetters(news: FromReader & { kind: 'letters' }): void {
    mode(true);
    tape.add(news.letters);
    const bits = `${short(news.recent)} bits a character of late, ${short(news.mean)} over all.`;
    say(`${progress(news, 'character')}${news.count > 1 ? ` ${bits}` : ''}`);
    next.replaceChildren(
      'Next ',
      ...news.next.map(([symbol, probability]) => {
        const shown = symbol === '\n' ? '⏎' : symbol === ' ' ? '␣' : symbol;
        return element('span', {}, shown, element('small', {}, ` ${Math.round(100 * probability)} %`));
      }),
    );
    showRate(news.rate, news.left, 'characters');
  }

  function showRows(news: FromReader & { kind: 'rows' }): void {
    mode(false);
    rows = [...rows, ...news.rows].slice(-span);
    column = news.target;
    if ([...target.options].map(({ value }) => value).join('\n') !== news.columns.join('\n'))
      target.replaceChildren(...news.columns.map((name) => element('option', { value: name }, name)));
    target.value = news.target;
    chart.redraw();
    bars.show(news.parts, `How far each prediction of ${news.target} is trusted, in per cent`);
    const root = news.unit === 'squared error' ? Math.sqrt : (value: number) => value;
    say(progress(news, 'row'));
    if (news.leftOut !== undefined) refuse(news.leftOut);
    figures.textContent = `Typical error of late: ${news.figures.map(([name, recent]) => `${name} ${short(root(recent))}`).join(', ')}.`;
    chart.describe(
      `${news.target} after ${news.count} rows, with what was predicted. ${figures.textContent}`,
    );
    showRate(news.rate, news.left, 'rows');
  }

  function progress({ name, count, left }: { name: string; count: number; left: number }, what: string) {
    const read = `${counted(count)} ${what}${count === 1 ? '' : 's'} read`;
    return `${name}: ${read}${left > 0 ? `, ${counted(left)} to come` : ''}.`;
  }

  function showRate(own: number, left: number, what: string): void {
    rate.textContent = left > 0 ? `${counted(average(own))} ${what} a second` : '';
  }

  function mode(isText: boolean): void {
    forText.hidden = !isText;
    writes.disabled = !isText;
    forRows.hidden = isText;
  }

  function read(message: ToReader, name: string): void {
    isBegun = true;
    note.textContent = `${name} is being read …`;
    note.dataset.state = '';
    worker.tell(message);
  }

  const files = receiveFiles(
    (name, text, isDropped) => {
      if (isDropped) goTo('read');
      read({ kind: /\.(csv|tsv)$/i.test(name) ? 'table' : 'text', name, text }, name);
    },
    (sentence, isDropped) => {
      if (isDropped) goTo('read');
      refuse(sentence);
    },
  );
  target.addEventListener('change', () => worker.tell({ kind: 'target', target: target.value }));
  const sample = (of: 'book' | 'births', name: string) => () => read({ kind: 'sample', of }, name);
  const book = sample('book', 'Moby-Dick');

  const field = element('textarea', {
    id: 'typed',
    rows: '3',
    spellcheck: 'false',
    placeholder: 'Type here: each character is predicted, and then learnt.',
  });
  let typed = '';
  field.addEventListener('input', () => {
    // Deleted text has been learnt all the same: there is no rewinding.
    if (field.value.startsWith(typed) && field.value.length > typed.length) {
      isBegun = true;
      worker.tell({ kind: 'typed', text: field.value.slice(typed.length) });
    }
    typed = field.value;
  });

  section({
    id: 'read',
    title: 'Learn from your own',
    text: [
      'A recurrent network, counts of contexts and a search for repetitions predict each character together; how far each is trusted is learnt as well. Every prediction is scored before the character is learnt, so the bits are honest.',
      'Drop a text or a CSV file anywhere on this page. It stays here: the policy of the page forbids every connection.',
    ],
    controls: [
      element('label', { class: 'field', for: 'typed' }, 'Your text'),
      field,
      element(
        'div',
        { class: 'buttons' },
        files,
        button('Moby-Dick', book),
        button('Births a day', sample('births', 'The table')),
        writes,
      ),
      note,
      choice(
        'Pace',
        [
          ['calm', 'calm'],
          ['fast', 'as fast as it can'],
        ],
        'calm',
        (pace) => worker.tell({ kind: 'pace', isCalm: pace === 'calm' }),
      ),
      rate,
    ],
    figure: [head, forText, forRows, written, bars.root],
    onShown(isShown) {
      if (isShown) worker.wake();
      if (isShown && !isBegun) book();
      worker.tell({ kind: 'run', isOn: isShown });
    },
  });
}
