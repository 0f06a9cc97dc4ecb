import { fontFiles } from './font-files.js';

/** Points of a PDF (1/72 inch) for one pixel of an SVG (1/96 inch). */
const pointsPerPixel = 0.75;

/**
 * A figure's SVG as a PDF of one page, lines and text as such, the glyphs of its font embedded; the same bytes every time.
 * Throws an Error where the SVG has what cannot be drawn.
 */
export async function renderPdf(svg: string, title: string): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit');
  const { default: svgToPdf } = await import('svg-to-pdfkit');
  const extent = /<svg\b[^>]*\bwidth="([\d.]+)" height="([\d.]+)"/.exec(svg);
  if (extent === null) throw new Error('an SVG without width and height');
  const [width, height] = [extent[1], extent[2]].map((pixels) => pointsPerPixel * Number(pixels));
  const document = new PDFDocument({
    size: [width, height],
    margin: 0,
    info: { Title: title, CreationDate: new Date(0) },
  });
  document.registerFont('400', fontFiles[400]);
  document.registerFont('600', fontFiles[600]);
  const pieces: Uint8Array[] = [];
  document.on('data', (piece) => pieces.push(piece));
  const ended = new Promise<void>((resolve) => {
    document.on('end', resolve);
  });
  svgToPdf(document, svg, 0, 0, {
    width,
    height,
    fontCallback: (_family, bold) => (bold ? '600' : '400'),
    warningCallback: (warning) => {
      throw new Error(`PDF: ${warning}`);
    },
  });
  document.end();
  await ended;
  return Buffer.concat(pieces);
}
