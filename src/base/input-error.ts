/**
 * A refusal of what the user gave: names the field, the value and what was expected.
 * The command line prints its message as one line and exits with code 2.
 */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(
    readonly field: string,
    readonly value: unknown,
    readonly expected: string,
  ) {
    super(`${field}: got ${shown(value)}, expected ${expected}`);
  }
}

function shown(value: unknown): string {
  const text = typeof value === 'number' || value === undefined ? String(value) : JSON.stringify(value, plainNumber);
  const line = text.replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 77)}…` : line;
}

/** Parquet's 64-bit integers come as bigint, which JSON has no form for. */
function plainNumber(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
