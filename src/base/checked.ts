import type * as z from 'zod';
import { InputError } from './input-error.js';

/** What a value that is checked is called in a refusal. */
export interface CheckedPlace {
  /** What stands before the field: a file, or a file and a line. */
  readonly place?: string;
  /** What the whole value is called where no single field of it is wrong. */
  readonly whole?: string;
}

/**
 * A value from outside as a schema has it, defaults filled in.
 * @throws InputError that names the first field that is wrong, its value and what was expected there
 */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { place, whole = 'value' }: CheckedPlace = {},
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = innermost(result.error.issues[0]);
  const { path, found } = placeOf(issue, value);
  const name = fieldName(path);
  const field = place === undefined ? name || whole : name === '' ? place : `${place}: ${name}`;
  throw new InputError(field, found, expectation(issue));
}

/** The place that a union refuses, where only one of its forms was followed into the value: what is wrong in there. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union' || !zodWords.test(issue.message)) return issue;
  const inside = issue.errors.map(([first]) => innermost(first)).filter(({ path }) => path.length > 0);
  return inside.length === 1 ? { ...inside[0], path: [...issue.path, ...inside[0].path] } : issue;
}

/** Where a refusal points, and what is found there: the field that should not be, and a name itself where that is wrong. */
function placeOf(issue: z.core.$ZodIssue, value: unknown): { path: readonly PropertyKey[]; found: unknown } {
  if (issue.code === 'invalid_key') return { path: issue.path.slice(0, -1), found: issue.path.at(-1) };
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : issue.path;
  return { path, found: valueAt(value, path) };
}

/** A path in a JSON value as it is written in JavaScript: `sft[0].candidates[1]`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`)).join('');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, key)
        ? (found as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
}

const typeNames: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'an integer',
  string: 'a string',
  boolean: 'true or false',
  array: 'an array',
  tuple: 'an array',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

/** What a schema expected where it found something else: in its own words where it has some, else in ours. */
export function expectation(issue: z.core.$ZodIssue): string {
  if (!zodWords.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      // JSON's 1e999 is read as infinity.
      if (/received (?:NaN|-?Infinity)$/.test(issue.message)) return 'a finite number';
      return typeNames[issue.expected] ?? issue.expected;
    case 'unrecognized_keys':
      return 'no field of this name';
    case 'invalid_value':
      return issue.values.map((known) => JSON.stringify(known)).join(', ');
    case 'too_small':
      return limit(issue.origin, issue.minimum, { exact: issue.exact, words: ['at least', '≥', '>'], ...issue });
    case 'too_big':
      return limit(issue.origin, issue.maximum, { exact: issue.exact, words: ['at most', '≤', '<'], ...issue });
    case 'invalid_union': {
      if ('options' in issue && Array.isArray(issue.options)) {
        return issue.options.map((known) => JSON.stringify(known)).join(', ');
      }
      return [...new Set(issue.errors.map(([first]) => expectation(first)))].join(' or ');
    }
    case 'invalid_format':
      return issue.pattern === undefined ? `text in the form ${issue.format}` : `text that matches ${issue.pattern}`;
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_key':
    case 'invalid_element':
      return expectation(issue.issues[0]);
    case 'custom':
      return 'another value';
  }
}

/** How zod words what a schema has no words for. */
const zodWords = /^(?:Invalid|Too small|Too big|Unrecognized)\b/;

interface LimitWords {
  readonly exact?: boolean | undefined;
  readonly inclusive?: boolean | undefined;
  /** At least; not less; more. Or: at most; not more; less. */
  readonly words: readonly [string, string, string];
}

function limit(origin: string, bound: number | bigint, { exact, inclusive, words }: LimitWords): string {
  const count = exact === true ? String(bound) : `${words[0]} ${bound}`;
  if (origin === 'array') return `${count} ${bound === 1 ? 'entry' : 'entries'}`;
  if (origin === 'string') return bound === 1 ? 'a text that is not empty' : `a text of ${count} characters`;
  return `${typeNames[origin] ?? 'a value'} ${inclusive === false ? words[2] : words[1]} ${bound}`;
}
