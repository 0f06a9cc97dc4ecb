import { Resvg } from '@resvg/resvg-js';
import { fontFiles } from './font-files.js';

/** A picture, and how many pixels one of its own becomes; plain data, so that a thread can take it. */
export interface PngTask {
  readonly svg: string;
  readonly pixelRatio: number;
}

/** An SVG as PNG, in the package's own font whatever the machine has. */
export function renderPng({ svg, pixelRatio }: PngTask): Buffer {
  const image = new Resvg(svg, {
    font: { loadSystemFonts: false, fontFiles: Object.values(fontFiles), defaultFontFamily: 'Inter' },
    fitTo: { mode: 'zoom', value: pixelRatio },
  });
  return image.render().asPng();
}
