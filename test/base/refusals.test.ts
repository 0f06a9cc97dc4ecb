import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { checked } from '../../src/base/checked.js';
import { InputError } from '../../src/base/input-error.js';

/** Arrays in arrays, so many levels deep. */
function nested(levels: number): unknown {
  let value: unknown = 0;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

describe('a refusal', () => {
  it.each([
    [{ a: [1, 'b', null] }, '{"a":[1,"b",null]}'],
    [Float64Array.of(1, NaN), '[1,NaN]'],
    [undefined, 'nothing'],
    [2n ** 60n, '1152921504606846976'],
    [{}, '{}'],
    [[], '[]'],
    [nested(100_000), `${'['.repeat(77)}…`],
    [Array.from({ length: 1e6 }, () => 1), `[${'1,'.repeat(38)}…`],
    ['x'.repeat(1e6), `"${'x'.repeat(76)}…`],
  ])('shows a value on one short line: case %#', (value, shown) => {
    expect(new InputError('field', value, 'something else').message).toBe(
      `field: got ${shown}, expected something else`,
    );
  });

  it('escapes line breaks and what else cannot be printed, wherever it stands', () => {
    const { message } = new InputError('a\nb', 'c\r\n\u2028\u0085\u001b[2J\u202e', 'd\ne');
    expect(message).toBe('a\\nb: got "c\\r\\n\\u2028\\u0085\\u001b[2J\\u202e", expected d\\ne');
  });

  it('is short whatever the names and the reasons in it are', () => {
    const { message } = new InputError('n'.repeat(1e6), 1, 'e'.repeat(1e6));
    expect(message.length).toBeLessThan(850);
  });
});

describe('a value checked against a schema', () => {
  const schema = z.strictObject({
    count: z.int().nonnegative(),
    rate: z.number().positive().max(1).optional(),
    names: z.array(z.string().min(1)).min(1).max(2),
    kind: z.enum(['a', 'b']).optional(),
    pair: z.tuple([z.number(), z.number()]).optional(),
    digest: z
      .string()
      .regex(/^[0-9a-f]+$/)
      .optional(),
    address: z.url().optional(),
    even: z.number().multipleOf(2).optional(),
    byNumber: z.record(z.string().regex(/^[0-9]+$/, 'a name of digits'), z.boolean()).optional(),
    layers: z.union([z.int().nonnegative(), z.array(z.int().nonnegative())]).optional(),
    named: z.union([z.string().min(1), z.array(z.string()).min(1)]).optional(),
    shape: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('ball') }),
        z.strictObject({ kind: z.literal('all') }),
      ])
      .optional(),
    own: z.custom((value) => value === 1).optional(),
  });
  const right = { count: 1, names: ['x'] };

  it('comes back as it is', () => {
    expect(checked(schema, right)).toEqual(right);
  });

  it.each([
    [null, 'file: got null, expected an object'],
    [[], 'file: got [], expected an object'],
    [{ ...right, count: 1.5 }, 'file: count: got 1.5, expected an integer'],
    [{ ...right, count: -1 }, 'file: count: got -1, expected a number ≥ 0'],
    [{ ...right, count: 1e300 }, 'file: count: got 1e+300, expected an integer ≤ 9007199254740991'],
    [{ ...right, rate: 0 }, 'file: rate: got 0, expected a number > 0'],
    [{ ...right, rate: 2 }, 'file: rate: got 2, expected a number ≤ 1'],
    [{ ...right, names: [] }, 'file: names: got [], expected at least 1 entry'],
    [{ ...right, names: ['a', 'b', 'c'] }, 'file: names: got ["a","b","c"], expected at most 2 entries'],
    [{ ...right, names: ['a', ''] }, 'file: names[1]: got "", expected a text that is not empty'],
    [{ ...right, kind: 'c' }, 'file: kind: got "c", expected "a", "b"'],
    [{ ...right, pair: [1] }, 'file: pair: got [1], expected at least 2 entries'],
    [JSON.parse('{"count":1,"names":["x"],"rate":1e999}'), 'file: rate: got Infinity, expected a finite number'],
    [{ ...right, rate: '1' }, 'file: rate: got "1", expected a number'],
    [{ ...right, digest: 'X' }, 'file: digest: got "X", expected text that matches /^[0-9a-f]+$/'],
    [{ ...right, address: 'X' }, 'file: address: got "X", expected text in the form url'],
    [{ ...right, even: 3 }, 'file: even: got 3, expected a multiple of 2'],
    [{ ...right, byNumber: { a: true } }, 'file: byNumber: got "a", expected a name of digits'],
    [{ ...right, byNumber: { 1: 0 } }, 'file: byNumber.1: got 0, expected true or false'],
    [{ ...right, layers: 'x' }, 'file: layers: got "x", expected a number or an array'],
    [{ ...right, layers: [0, 1.5] }, 'file: layers[1]: got 1.5, expected an integer'],
    [{ ...right, named: [] }, 'file: named: got [], expected at least 1 entry'],
    [{ ...right, shape: { kind: 'cube' } }, 'file: shape.kind: got "cube", expected "ball", "all"'],
    [{ ...right, shape: { kind: 'ball', radius: 1 } }, 'file: shape.radius: got 1, expected no field of this name'],
    [{ ...right, own: 2 }, 'file: own: got 2, expected another value'],
    [{ ...right, other: 7 }, 'file: other: got 7, expected no field of this name'],
    [JSON.parse('{"count":1,"names":["x"],"__proto__":7}'), 'file: __proto__: got 7, expected no field of this name'],
    [{ ...right, constructor: 1 }, 'file: constructor: got 1, expected no field of this name'],
  ])('is refused in our words: case %#', (value, message) => {
    expect(() => checked(schema, value, { place: 'file' })).toThrow(InputError);
    expect(() => checked(schema, value, { place: 'file' })).toThrow(message);
  });
});
