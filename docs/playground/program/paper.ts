import { element } from '../page/dom.ts';

/** The output of a program, as an element. */
export interface Paper {
  readonly root: HTMLElement;
  readonly isEmpty: boolean;
  print(text: string, isComplaint: boolean): void;
  /** Shows at once what has been printed. */
  flush(): void;
  clear(): void;
}

/** Lines that come together are shown together, at the next frame, so that many of them do not hold up the page. */
export function createPaper(id: string, label: string): Paper {
  const root = element('pre', {
    class: 'printed',
    id,
    role: 'log',
    tabindex: '0',
    'aria-label': label,
    hidden: '',
  });
  let waiting: { text: string; readonly isComplaint: boolean }[] = [];
  let isDue = false;

  function show(): void {
    isDue = false;
    root.append(
      ...waiting.map(({ text, isComplaint }) =>
        isPicture(text)
          ? pictureOf(text)
          : element('span', { class: isComplaint ? 'complaint' : 'own' }, text),
      ),
    );
    waiting = [];
  }

  return {
    root,
    get isEmpty() {
      return root.hasAttribute('hidden');
    },
    print(text, isComplaint) {
      root.hidden = false;
      const last = waiting.at(-1);
      if (last?.isComplaint === isComplaint && !isPicture(last.text) && !isPicture(text))
        last.text += `${text}\n`;
      else waiting.push({ text: `${text}\n`, isComplaint });
      if (!isDue) requestAnimationFrame(show);
      isDue = true;
    },
    flush: show,
    clear() {
      waiting = [];
      root.replaceChildren();
      root.hidden = true;
    },
  };
}

const isPicture = (text: string): boolean => /^<svg[\s>][\s\S]*<\/svg>\s*$/.test(text);

/** A picture that is printed. As an image, its text can do nothing to the page. */
function pictureOf(svg: string): HTMLImageElement {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  const image = element('img', { src: address, alt: 'A picture that the program printed' });
  image.addEventListener('load', () => URL.revokeObjectURL(address), { once: true });
  return image;
}
