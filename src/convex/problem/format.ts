import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { convexLossNames } from '../../preference-loss/index.js';

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
    preferenceLoss: z.enum(convexLossNames).optional().describe('the loss of a preference, dpo where absent'),
    beta: z.number().positive().describe('β of the preference loss'),
    labelSmoothing: z.number().positive().max(0.5).optional().describe('ε of cdpo'),
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

/** Objectives written as expressions and differentiated automatically. */
export const expressionFile = z
  .strictObject({
    kind: z.literal('expression'),
    variables: z.array(z.string().regex(/^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u, 'a name of letters, digits and _')).min(1),
    objectives: z.strictObject({ dpo: z.string().min(1), sft: z.string().min(1) }),
    noise: perObjective.default({ dpo: 0, sft: 0 }).describe('standard deviation of the gradient noise'),
    valueNoise: perObjective.default({ dpo: 0, sft: 0 }).describe('standard deviation of the observed values'),
    radius: radius.optional().describe('required unless strongConvexity is given'),
    strongConvexity: perObjective.optional().describe('moduli of strong convexity that the author vouches for'),
    start: vector,
  })
  .describe('a pair of convex expressions of the variables');

/** The problem file: one JSON format, three kinds. */
/** A problem file of a log-linear pair. */
export type LogLinearFile = z.input<typeof logLinearFile>;

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
  return checked(problemFile, json, { whole: 'problem' });
}
