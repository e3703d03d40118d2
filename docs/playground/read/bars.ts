import { element } from '../page/dom.ts';
import { short } from '../page/numbers.ts';
import { setBar, setRows } from '../page/rows.ts';
import type { Part } from './text.ts';

export interface Bars {
  readonly root: HTMLElement;
  show(parts: readonly Part[]): void;
}

/** The weight of each prediction that is combined, as bars, and its surprise. */
export function createBars(caption: string): Bars {
  const head = element('caption', {}, caption);
  const body = element('tbody');
  const root = element('table', { class: 'bars' }, head, body);
  return {
    root,
    show(parts) {
      setRows(body, parts.length);
      parts.forEach(({ name, weight, bits }, i) => {
        const [head, bar, share, surprise] = body.children[i].children;
        head.textContent = name;
        setBar(bar, weight);
        share.textContent = `${(100 * weight).toFixed(1)} %`;
        surprise.textContent = bits === undefined ? '' : `${short(bits)} bits`;
      });
    },
  };
}
