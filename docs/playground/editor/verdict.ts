import { element } from '../page/dom.ts';
import type { Editor } from './editor.ts';

/** A sentence below an editor on what is in it. */
export interface Verdict {
  readonly root: HTMLElement;
  say(sentence: string, state: string): void;
  /** Says what is wrong, and marks its line. */
  refuse(sentence: string, line: number | undefined): void;
}

export function createVerdict(id: string, editor: Editor): Verdict {
  const root = element('p', { class: 'said', id, role: 'status' });
  function say(sentence: string, state: string): void {
    root.textContent = sentence;
    root.dataset.state = state;
  }
  return {
    root,
    say,
    refuse(sentence, line) {
      say(sentence, 'bad');
      editor.mark(line);
    },
  };
}
