import { subgradientConstants, unboundedGradients } from './bounded-gradients.js';
import type { Constants } from './constants.js';
import { weightOf, type Subject } from './subject.js';
import type { NotApplicable } from './theorem.js';

/** Whether a schedule sees minibatch losses of the subject that are wrong by at most a known ε_i, and not exact. */
export function seesMinibatches({ bounds: { dpo, sft } }: Subject): boolean {
  return Math.max(dpo.valueError, sft.valueError) > 0 && Math.max(dpo.valueError, sft.valueError) < Infinity;
}

/** Why statement M with estimated values says nothing of a subject. */
export function noisyExemption(subject: Subject): NotApplicable | undefined {
  const { lambda } = subject;
  const reason = unboundedGradients(subject);
  if (reason !== undefined) return reason;
  return lambda === 0 || lambda === 1
    ? { reason: 'λ is 0 or 1: the factor w/m of wrong values is infinite' }
    : undefined;
}

/** What every bound on MAXRIGHT with estimated values needs, at the step size that is best for exact ones. */
export function noisyConstants(subject: Subject, steps: number): Constants & { readonly alpha: number } {
  const { lambda, bounds, weightedMax } = subject;
  const [G_dpo, G_sft] = [bounds.dpo.gradientBound, bounds.sft.gradientBound];
  return {
    ...subgradientConstants(subject, weightedMax.minimizer, Math.max(G_dpo, G_sft), steps),
    w: Math.max(lambda, 1 - lambda),
    m: Math.min(lambda, 1 - lambda),
    lambda,
    G_dpo,
    G_sft,
  };
}

/** w_i ε_i of both objectives. */
export function weightedErrors(subject: Subject): { readonly dpo: number; readonly sft: number } {
  const weights = weightOf(subject);
  const { dpo, sft } = subject.bounds;
  return { dpo: weights.dpo * dpo.valueError, sft: weights.sft * sft.valueError };
}
