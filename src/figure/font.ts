import { readFileSync } from 'node:fs';
import opentype from 'opentype.js';
import { fontFiles } from './font-files.js';
import { scriptScale, textRuns } from './scripts.js';

const fonts = new Map<string, opentype.Font>();

/** The width of a line of text in pixels, from the font's advance widths (kerning left out, so never too small). */
export function textWidth(text: string, size: number, weight: 400 | 600 = 400): number {
  const font = loadFont(fontFiles[weight]);
  let width = 0;
  for (const { content, position } of textRuns(text)) {
    let advance = 0;
    for (const character of content) advance += font.charToGlyph(character).advanceWidth ?? 0;
    width += (position === 'base' ? 1 : scriptScale) * advance;
  }
  return (width * size) / font.unitsPerEm;
}

/** The characters of a text that the font does not have. */
export function missingGlyphs(text: string): string[] {
  const font = loadFont(fontFiles[400]);
  return Array.from(text).filter((character) => font.charToGlyphIndex(character) === 0);
}

function loadFont(file: string): opentype.Font {
  const known = fonts.get(file);
  if (known !== undefined) return known;
  const bytes = readFileSync(file);
  const font = opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  fonts.set(file, font);
  return font;
}
