/** A value as indented JSON, typed arrays as arrays of numbers; vectors of numbers stay on one line. */
export function jsonText(value: unknown): string {
  const plain = JSON.stringify(
    value,
    (_key, entry: unknown) => (entry instanceof Float64Array ? Array.from(entry) : entry),
    2,
  );
  return plain.replace(/\[[^[\]{}"]*\]/g, (vector) =>
    vector.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  );
}

/** A number for a table: 6 significant digits. */
export function shortNumber(value: number | null): string {
  return value === null ? '–' : String(Number(value.toPrecision(6)));
}

/** Words as a POSIX shell would take them, quoted where they have to be. */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** Each value as a line of JSON. */
export function* jsonLines(values: Iterable<unknown>): Iterable<string> {
  for (const value of values) yield `${JSON.stringify(value)}\n`;
}
