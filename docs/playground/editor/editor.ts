import { element } from '../page/dom.ts';
import { highlighted } from './highlight.ts';

export interface Editor {
  readonly root: HTMLElement;
  readonly value: string;
  set(value: string): void;
  /** Marks a line, from 1, or none. */
  mark(line: number | undefined): void;
}

/** A text area over its own coloured copy: the browser's own field, with its keys and its undo. */
export function createEditor(label: string, onInput: () => void): Editor {
  const copy = element('pre', { 'aria-hidden': 'true' });
  const field = element('textarea', {
    'aria-label': label,
    spellcheck: 'false',
    autocapitalize: 'off',
    autocomplete: 'off',
    wrap: 'off',
  });
  let wrong: number | undefined;

  function show(): void {
    field.rows = field.value.split('\n').length + 1;
    copy.replaceChildren(...highlighted(`${field.value}\n`, wrong));
    follow();
  }

  function follow(): void {
    copy.style.transform = `translate(${-field.scrollLeft}px, ${-field.scrollTop}px)`;
  }

  field.addEventListener('scroll', follow);
  field.addEventListener('input', () => {
    wrong = undefined;
    show();
    onInput();
  });
  // A new line begins beneath the one before. The tabulator keeps its meaning: it leads to the next control.
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    const { selectionStart: start, selectionEnd: end, value } = field;
    const line = value.slice(value.lastIndexOf('\n', start - 1) + 1, start);
    const indent = (/^\s*/.exec(line)?.[0] ?? '') + (/[[{(]\s*$/.test(line) ? '  ' : '');
    field.setRangeText(`\n${indent}`, start, end, 'end');
    field.dispatchEvent(new Event('input'));
  });
  return {
    root: element('div', { class: 'editor' }, element('div', {}, copy), field),
    get value() {
      return field.value;
    },
    set(value) {
      field.value = value;
      wrong = undefined;
      show();
    },
    mark(line) {
      wrong = line;
      show();
    },
  };
}
