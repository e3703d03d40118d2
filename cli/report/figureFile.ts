import { UsageError } from '../../lib/index.ts';
import { drawSvg, type Figure } from './plots.ts';

export const drawnFormats = ['svg', 'png'] as const;
export type DrawnFormat = (typeof drawnFormats)[number];

/** Pixels of a PNG for each unit of the figure, for print. */
const zoom = 3;

/**
 * How figures become files. A PNG needs a package that norewind does not install, as it has 4 MB of machine code, and
 * a font of the system.
 * @throws UsageError that says what is missing.
 */
export async function drawingAs(format: DrawnFormat): Promise<(figure: Figure) => string | Uint8Array> {
  const svg = (figure: Figure) => `<?xml version="1.0" encoding="UTF-8"?>\n${drawSvg(figure)}\n`;
  if (format === 'svg') return svg;
  const { Resvg } = await renderer();
  const options = {
    fitTo: { mode: 'zoom', value: zoom },
    font: { loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans' },
    background: 'white',
  } as const;
  const letters =
    '<svg xmlns="http://www.w3.org/2000/svg" width="99" height="20"><text y="15">step</text></svg>';
  // Text without a font is left out, and the figure with it useless.
  if (new Resvg(letters, options).getBBox() === undefined)
    throw new UsageError(
      'a PNG needs a font, and this system has none: install one, such as fonts-dejavu-core, or write an SVG',
    );
  return (figure) => new Resvg(svg(figure), options).render().asPng();
}

async function renderer() {
  try {
    return await import('@resvg/resvg-js');
  } catch (error) {
    throw new UsageError(
      'a PNG needs the package @resvg/resvg-js: npm install @resvg/resvg-js@2.6.2, or write an SVG',
      { cause: error },
    );
  }
}
