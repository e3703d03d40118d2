import { element } from './dom.ts';

export interface SliderOptions {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly value: number;
  /** The value as the reader sees it. */
  readonly shown?: (value: number) => string;
  readonly onInput: (value: number) => void;
}

export interface Slider {
  readonly root: HTMLElement;
  /** Moves it without calling `onInput`. */
  set(value: number): void;
  /** Changes the largest value. A value beyond it is lowered. */
  limit(max: number): void;
}

/** A range with its name and its value. */
export function slider({ label, min, max, step = 1, value, shown = String, onInput }: SliderOptions): Slider {
  const id = `slider-${label.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
  const input = element('input', { type: 'range', id, min: `${min}`, max: `${max}`, step: `${step}` });
  const output = element('output');
  const show = () => {
    output.textContent = shown(input.valueAsNumber);
    input.setAttribute('aria-valuetext', output.textContent);
    const share = (input.valueAsNumber - min) / Math.max(Number(input.max) - min, Number.MIN_VALUE);
    input.style.setProperty('--share', String(share));
  };
  input.valueAsNumber = value;
  input.addEventListener('input', () => {
    show();
    onInput(input.valueAsNumber);
  });
  show();
  return {
    root: element('div', { class: 'slider' }, element('label', { for: id }, label), output, input),
    set(next) {
      input.valueAsNumber = next;
      show();
    },
    limit(next) {
      input.max = `${next}`;
      show();
    },
  };
}
