/** A value as indented JSON: see `jsonPieces`. */
export function jsonText(value: unknown): string {
  return [...jsonPieces(value)].join('');
}

/**
 * The pieces of a value's indented JSON, so that no text of all of it need be in memory. Typed arrays and other
 * iterables are arrays; what holds no text and no further value, as vectors of numbers, stays on one line.
 * @param indent what the lines after the first begin with
 */
export function* jsonPieces(value: unknown, indent = ''): Iterable<string> {
  const inner = `${indent}  `;
  if (typeof value !== 'object' || value === null) yield value === undefined ? 'null' : JSON.stringify(value);
  else if (Symbol.iterator in value) yield* listPieces(value as Iterable<unknown>, indent);
  else {
    let before = '{';
    for (const [name, entry] of Object.entries(value)) {
      if (entry === undefined) continue;
      yield `${before}\n${inner}${JSON.stringify(name)}: `;
      yield* jsonPieces(entry, inner);
      before = ',';
    }
    yield before === '{' ? '{}' : `\n${indent}}`;
  }
}

function* listPieces(values: Iterable<unknown>, indent: string): Iterable<string> {
  if (ArrayBuffer.isView(values) || (Array.isArray(values) && values.every(isBare))) {
    yield* linePieces(values);
    return;
  }
  let before = '[';
  for (const value of values) {
    yield `${before}\n${indent}  `;
    yield* jsonPieces(value, `${indent}  `);
    before = ',';
  }
  yield before === '[' ? '[]' : `\n${indent}]`;
}

/** A list of numbers and words on one line, many of them in a piece. */
function* linePieces(values: Iterable<unknown>): Iterable<string> {
  let [before, texts]: [string, string[]] = ['[', []];
  for (const value of values) {
    texts.push(value === undefined ? 'null' : JSON.stringify(value));
    if (texts.length < 1000) continue;
    yield `${before}${texts.join(', ')}`;
    [before, texts] = [', ', []];
  }
  if (texts.length > 0) yield `${before}${texts.join(', ')}]`;
  else yield before === '[' ? '[]' : ']';
}

function isBare(value: unknown): boolean {
  return typeof value !== 'string' && (typeof value !== 'object' || value === null);
}

/** A number for a reader, with so many significant digits at most. */
export function significant(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}

/** A number for a table: 6 significant digits; a dash for none. */
export function shortNumber(value: number | null): string {
  return value === null ? '–' : significant(value, 6);
}

/** A share for a reader, in per cent with one decimal; a dash for none, or for one of nothing. */
export function percentText(share: number | undefined): string {
  return share === undefined || Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)} %`;
}

/** A certificate as it is printed: to two digits; what a number has none of, or what nothing certifies, in a word. */
export function certificateText(certificate: number | undefined): string {
  if (certificate === undefined) return '–';
  return certificate < Infinity ? shortNumber(Number(certificate.toPrecision(2))) : 'none';
}

/** Words as a POSIX shell would take them, quoted where they have to be. */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** Each value as a line of JSON. */
export function* jsonLines(values: Iterable<unknown>): Iterable<string> {
  for (const value of values) yield `${JSON.stringify(value)}\n`;
}

/** Texts put together to such lengths as are worth a call of the system. */
export function* blocks(texts: Iterable<string>): Iterable<string> {
  let [block, length]: [string[], number] = [[], 0];
  for (const text of texts) {
    block.push(text);
    length += text.length;
    if (length < 2 ** 16) continue;
    yield block.join('');
    [block, length] = [[], 0];
  }
  if (length > 0) yield block.join('');
}
