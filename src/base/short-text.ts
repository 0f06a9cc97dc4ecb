/** The most characters of a value that is shown in a refusal. */
const longestValue = 80;

/** Line breaks, other control characters, and what turns the direction of the text around. */
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A text on one line: control characters, line breaks among them, as JSON escapes them. */
export function escaped(text: string): string {
  return text.replace(unprintable, (character) => {
    const json = JSON.stringify(character).slice(1, -1);
    return json === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : json;
  });
}

/** At most so many characters of a text, an ellipsis the last where something is missing. */
export function shortText(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** A value as JSON on one line of at most 80 characters, whatever its size and depth: what is beyond is not looked at. */
export function shortJson(value: unknown): string {
  const pieces: string[] = [];
  let room = longestValue + 1;
  write(value, (piece) => {
    pieces.push(piece);
    return (room -= piece.length) > 0;
  });
  const text = pieces.join('');
  return text.length > longestValue ? `${text.slice(0, longestValue - 3)}…` : text;
}

/** Takes a piece of text; false where there is no room for another. */
type Take = (piece: string) => boolean;

/** Writes a value piece by piece; false as soon as there is no more room, so that no value goes deeper than that. */
function write(value: unknown, take: Take): boolean {
  if (typeof value === 'string') return take(escaped(JSON.stringify(value.slice(0, longestValue))));
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return writeList(value as Uint8Array, take);
  if (Array.isArray(value)) return writeList(value, take);
  // Parquet's 64-bit integers come as bigint, which JSON has no form for.
  if (typeof value !== 'object' || value === null) return take(String(value));
  let before = '{';
  for (const name in value) {
    const fits = take(before) && write(name, take) && take(':');
    if (!fits || !write((value as Record<string, unknown>)[name], take)) return false;
    before = ',';
  }
  return take(before === '{' ? '{}' : '}');
}

function writeList(values: ArrayLike<unknown>, take: Take): boolean {
  if (!take('[')) return false;
  for (let i = 0; i < values.length; i++) {
    if ((i > 0 && !take(',')) || !write(values[i], take)) return false;
  }
  return take(']');
}
