import { element } from './dom.ts';

/** The surface of a drawing: in pixels of the page, whatever those of the screen. */
export interface Sheet {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  /** A colour of the page by its name, as it is now in light or dark. */
  color(name: string): string;
  /** The page's font at a size in pixels. */
  font(size: number): string;
}

export interface Picture {
  readonly canvas: HTMLCanvasElement;
  /** Draws once, at the next frame, however often it is asked. */
  redraw(): void;
  /** Says in words what is to be seen. */
  describe(text: string): void;
}

/** A canvas that follows its width, the screen's resolution, and the colours of the page. */
export function picture(height: (width: number) => number, draw: (sheet: Sheet) => void): Picture {
  const canvas = element('canvas', { role: 'img' });
  const style = getComputedStyle(canvas);
  let isWaiting = false;

  function paint(): void {
    isWaiting = false;
    const width = canvas.clientWidth;
    const context = canvas.getContext('2d');
    if (width === 0 || context === null) return;
    const tall = height(width);
    const scale = Math.min(devicePixelRatio, 2);
    const [across, down] = [Math.round(width * scale), Math.round(tall * scale)];
    if (canvas.width !== across || canvas.height !== down) {
      canvas.width = across;
      canvas.height = down;
      canvas.style.height = `${tall}px`;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, tall);
    // Looked up once a frame, as each look takes its time.
    const colors = new Map<string, string>();
    const color = (name: string) => {
      const known = colors.get(name) ?? style.getPropertyValue(`--${name}`).trim();
      colors.set(name, known);
      return known;
    };
    const font = (size: number) => `${size}px ${style.fontFamily}`;
    draw({ context, width, height: tall, color, font });
  }

  function redraw(): void {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(paint);
  }

  new ResizeObserver(redraw).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  return { canvas, redraw, describe: (text) => canvas.setAttribute('aria-label', text) };
}
