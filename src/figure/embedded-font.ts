import { readFileSync } from 'node:fs';
import opentype from 'opentype.js';
import { fontFiles } from './font-files.js';
import { unescapeHtml } from './scripts.js';

/**
 * An SVG that brings the glyphs that it shows along, so that it looks alike where its font is not installed: one
 * @font-face for each weight that occurs, a subset of Inter as OpenType. The same bytes every time.
 */
export function withEmbeddedFont(svg: string): string {
  const texts = [...svg.matchAll(/<text\b([^>]*)>(.*?)<\/text>/gs)].map(([, attributes, content]) => ({
    weight: /font-weight="(600|bold)"/.test(attributes) ? (600 as const) : (400 as const),
    characters: unescapeHtml(content.replace(/<[^>]*>/g, '')),
  }));
  const faces = ([400, 600] as const).flatMap((weight) => {
    const own = texts.filter((text) => text.weight === weight);
    if (own.length === 0) return [];
    const data = subset(weight, own.map(({ characters }) => characters).join(''));
    return `@font-face{font-family:Inter;font-weight:${weight};src:url(data:font/otf;base64,${data.toString('base64')})}`;
  });
  return svg.replace(/^<svg\b[^>]*>/, (opening) => `${opening}<defs><style>${faces.join('')}</style></defs>`);
}

/** The glyphs of a text, in the order of their code points, as a font file. */
function subset(weight: 400 | 600, text: string): Buffer {
  const bytes = readFileSync(fontFiles[weight]);
  const font = opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const characters = [...new Set(text)].sort();
  const copies = characters.map((character) => {
    const { name, path, advanceWidth } = font.charToGlyph(character);
    const unicode = character.codePointAt(0) ?? 0;
    return new opentype.Glyph({ name: name ?? `u${unicode}`, unicode, path, advanceWidth: advanceWidth ?? 0 });
  });
  const missing = font.glyphs.get(0);
  const small = new opentype.Font({
    familyName: 'Inter',
    styleName: weight === 600 ? 'SemiBold' : 'Regular',
    unitsPerEm: font.unitsPerEm,
    ascender: font.ascender,
    descender: font.descender,
    // Of 0 it would make now.
    createdTimestamp: 1,
    glyphs: [
      new opentype.Glyph({ name: '.notdef', path: missing.path, advanceWidth: missing.advanceWidth ?? 0 }),
      ...copies,
    ],
  });
  return withoutDate(Buffer.from(small.toArrayBuffer()));
}

/** The font with its creation for the date of its last change, which is otherwise now, and the checksums that this gives. */
function withoutDate(font: Buffer): Buffer {
  const tables = Array.from({ length: font.readUInt16BE(4) }, (_, i) => 12 + 16 * i);
  const entry = tables.find((at) => font.toString('latin1', at, at + 4) === 'head');
  if (entry === undefined) throw new Error('a font without head table');
  const [start, length] = [font.readUInt32BE(entry + 8), font.readUInt32BE(entry + 12)];
  const adjustment = start + 8;
  font.writeUInt32BE(0, adjustment);
  font.copy(font, start + 28, start + 20, start + 28);
  font.writeUInt32BE(checksum(font.subarray(start, start + length)), entry + 4);
  font.writeUInt32BE((0xb1b0afba - checksum(font)) >>> 0, adjustment);
  return font;
}

/** The sum of a table's words of 32 bits (OpenType, "Calculating checksums"). */
function checksum(bytes: Buffer): number {
  const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  let sum = 0;
  for (let at = 0; at < padded.length; at += 4) sum = (sum + padded.readUInt32BE(at)) >>> 0;
  return sum;
}
