import { InputError } from '../../src/base/input-error.js';
import { writeWhole } from '../../src/base/whole-file.js';
import { withEmbeddedFont } from '../../src/figure/embedded-font.js';
import type { Figure, Provenance } from '../../src/figure/figure.js';
import { renderPdf } from '../../src/figure/pdf.js';
import { renderPng } from '../../src/figure/png.js';
import { renderFigure } from '../../src/figure/render.js';

/** Digits that tell any two numbers apart: what is drawn equals what was read. */
const allDigits = 17;

const endings = ['.svg', '.png', '.pdf', '.vl.json'];

/** Throws an InputError where a path has none of the endings that say what a figure is written as. */
export function requireEnding(path: string): string {
  if (endings.some((ending) => path.endsWith(ending))) return path;
  throw new InputError('out', path, `a file ending in ${endings.join(', ')}`);
}

/** Writes a figure as its file's ending says, whole or not at all. */
export async function writeFigure(path: string, figure: Figure, provenance: Provenance): Promise<void> {
  const { svg, vegaLite } = await renderFigure({ figure, provenance, digits: allDigits });
  if (path.endsWith('.vl.json')) await writeWhole(path, vegaLite);
  else if (path.endsWith('.png')) await writeWhole(path, renderPng({ svg, pixelRatio: 2 }));
  else if (path.endsWith('.pdf')) await writeWhole(path, await renderPdf(svg, figure.title));
  else await writeWhole(path, withEmbeddedFont(svg));
}
