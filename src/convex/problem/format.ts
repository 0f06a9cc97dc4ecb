import * as z from 'zod';
import { InputError } from '../../base/input-error.js';

const vector = z.array(z.number()).min(1);
const standardDeviation = z.number().nonnegative();
const radius = z.number().positive().describe('the domain is the ball ‖θ‖ ≤ radius');
const perObjective = z.strictObject({ dpo: standardDeviation, sft: standardDeviation });

const quadraticObjective = z.strictObject({
  hessian: z.array(vector).min(1).describe('A in ½ (θ − c)ᵀ A (θ − c); symmetric positive semidefinite'),
  minimizer: vector.describe('c in ½ (θ − c)ᵀ A (θ − c)'),
  noise: standardDeviation.default(0).describe('standard deviation of the gradient noise, per coordinate'),
  valueNoise: standardDeviation.default(0).describe('standard deviation of the values that a schedule observes'),
});

/** ½ (θ − c_i)ᵀ A_i (θ − c_i) with additive Gaussian gradient noise. */
const quadraticFile = z
  .strictObject({
    kind: z.literal('quadratic'),
    objectives: z.strictObject({ dpo: quadraticObjective, sft: quadraticObjective }),
    start: vector,
    radius: radius.optional(),
  })
  .describe('a pair of convex quadratics');

/** A log-linear policy with an SFT and a DPO data set. */
export const logLinearFile = z
  .strictObject({
    kind: z.literal('log-linear'),
    dimension: z.int().positive(),
    beta: z.number().positive().describe('the temperature β of DPO'),
    reference: vector.describe('θ_ref of the reference policy'),
    radius: radius.describe('required: separable preferences have no minimiser on R^d'),
    start: vector,
    sft: z
      .array(
        z.strictObject({
          candidates: z.array(vector).min(1).describe('the features φ(x, y) of every candidate reply'),
          target: z.int().nonnegative().describe('index of the reply in the data'),
        }),
      )
      .min(1),
    dpo: z.array(z.strictObject({ chosen: vector, rejected: vector })).min(1),
  })
  .describe('SFT and DPO of a log-linear policy over finite candidate sets');

/** Objectives written as expressions and differentiated symbolically. */
export const expressionFile = z
  .strictObject({
    kind: z.literal('expression'),
    variables: z.array(z.string().regex(/^[A-Za-z_]\w*$/, 'a name of letters, digits and _')).min(1),
    objectives: z.strictObject({ dpo: z.string().min(1), sft: z.string().min(1) }),
    noise: perObjective.default({ dpo: 0, sft: 0 }).describe('standard deviation of the gradient noise'),
    valueNoise: perObjective.default({ dpo: 0, sft: 0 }).describe('standard deviation of the observed values'),
    radius: radius.optional().describe('required unless strongConvexity is given'),
    strongConvexity: perObjective.optional().describe('moduli of strong convexity that the author vouches for'),
    start: vector,
  })
  .describe('a pair of convex expressions of the variables');

/** The problem file: one JSON format, three kinds. */
const problemFile = z.discriminatedUnion('kind', [quadraticFile, logLinearFile, expressionFile]);

/** A problem file as written. */
export type ProblemFile = z.input<typeof problemFile>;
/** A problem file with its defaults filled in. */
export type CheckedProblemFile = z.output<typeof problemFile>;

/** The JSON Schema of a problem file, as an object. */
export function problemJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(problemFile, { io: 'input' });
}

/**
 * The problem file in a parsed JSON value, its shape checked and its defaults filled in.
 * Throws an InputError that names the first field that is wrong.
 */
export function checkProblemFile(json: unknown): CheckedProblemFile {
  return checkShape(problemFile, json, 'problem');
}

/** Any JSON value checked against a zod schema; throws an InputError that names the first wrong field and its value. */
function checkShape<Schema extends z.ZodType>(schema: Schema, json: unknown, name: string): z.output<Schema> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : issue.path;
  throw new InputError(fieldName(path) || name, valueAt(json, path), expectation(issue));
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'no such field';
    case 'invalid_union':
      return 'kind "quadratic", "log-linear" or "expression"';
    default:
      return issue.message
        .replace(/^(Invalid input|Too small|Too big|Invalid string|Invalid option): (expected )?/, '')
        .replace(/, received .*$/, '');
  }
}

function fieldName(path: readonly PropertyKey[]): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`)).join('');
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value === null || value === undefined ? undefined : (value as Record<PropertyKey, unknown>)[key]),
    json,
  );
}
