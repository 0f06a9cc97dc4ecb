import { escaped, shortJson, shortText } from './short-text.js';

/** The most characters of a refusal's field and of what it expects: names in damaged files can be of any length. */
const [longestField, longestExpected] = [300, 500];

/**
 * A refusal of what the user gave: names the field, the value and what was expected, on one line and in short whatever
 * the value is. The command line prints its message and exits with code 2.
 */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(
    readonly field: string,
    readonly value: unknown,
    readonly expected: string,
  ) {
    const [where, what] = [shortText(escaped(field), longestField), shortText(escaped(expected), longestExpected)];
    const got = value === undefined ? 'nothing' : shortJson(value);
    super(`${where}: got ${got}, expected ${what}`);
  }
}
