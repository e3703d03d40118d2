import { element } from '../page/dom.ts';
import { short } from '../page/numbers.ts';
import { setBar, setRows } from '../page/rows.ts';
import type { Part } from './text.ts';

export interface Bars {
  readonly root: HTMLElement;
  show(parts: readonly Part[], caption: string): void;
}

/** The weight of each prediction that is combined, as bars, and its surprise. */
export function createBars(): Bars {
  const head = element('caption');
  const body = element('tbody');
  const root = element('table', { class: 'bars' }, head, body);
  return {
    root,
    show(parts, caption) {
      if (head.textContent !== caption) head.textContent = caption;
      setRows(body, parts.length);
      parts.forEach(({ name, weight, bits }, i) => {
        const [title, bar, share, surprise] = body.children[i].children;
        title.textContent = name;
        setBar(bar, weight);
        share.textContent = `${(100 * weight).toFixed(1)} %`;
        surprise.textContent = bits === undefined ? '' : `${short(bits)} bits`;
      });
    },
  };
}
