/** JSON of plain data, with the numbers that JSON does not have by name: "Infinity" would else become null. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    typeof entry === 'number' && (!Number.isFinite(entry) || Object.is(entry, -0))
      ? { number: Object.is(entry, -0) ? '-0' : String(entry) }
      : entry,
  );
}

/** What `exactJson` was given. */
export function parseExact(text: string): unknown {
  return JSON.parse(text, (_key, entry: unknown) =>
    typeof entry === 'object' && entry !== null && Object.keys(entry).join() === 'number' && 'number' in entry
      ? Number(entry.number)
      : entry,
  );
}
