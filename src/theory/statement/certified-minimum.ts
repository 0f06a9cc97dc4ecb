import { certificate, type KnownCurvature } from '../../convex/optimum/certificate.js';
import { quadraticCurvature } from '../../convex/optimum/minimize-quadratic.js';
import { evaluatePrecisely, weightedFunction } from '../../convex/optimum/weighted-function.js';
import { chebyshev } from '../../convex/optimum/chebyshev.js';
import { computed } from '../measurement.js';
import { lowestFound, pointsAround } from '../attack/search.js';
import { idealValues } from '../subject.js';
import { theorem, type Theorem } from '../theorem.js';

const reference = 'docs/theory.md, P';

/** No point found by another search lies below the certified minimum of F_λ. */
export const certifiedMinimum: Theorem = theorem({
  id: 'P.minimum',
  kind: 'lower',
  measured: '\\text{least } F_\\lambda \\text{ found}',
  formula: 'F - c',
  needs: ['F', 'c'],
  reference,
  origin: 'classical',
  trials: ({ problem, lambda, weightedSum }, { seed }) => {
    if (problem === undefined) return [];
    const f = weightedFunction(problem, lambda);
    const { value, certificate: c, minimizer } = weightedSum;
    const measure = () =>
      computed(
        lowestFound(problem, (theta) => f.value(theta), minimizer, seed),
        rounding(value),
      );
    return [{ steps: 0, constants: { F: value, c }, measure }];
  },
});

/** The same of F_max, whose certificate is primal minus dual. */
export const certifiedMaximum: Theorem = theorem({
  id: 'P.max',
  kind: 'lower',
  measured: '\\text{least } F_{\\max} \\text{ found}',
  formula: 'F - c',
  needs: ['F', 'c'],
  reference,
  origin: 'classical',
  trials: (subject, { seed }) => {
    const { problem, lambda, chebyshev: minimum } = subject;
    if (problem === undefined) return [];
    const { dpo, sft } = problem.objectives;
    const ideal = idealValues(subject);
    const value = (theta: Float64Array): number => chebyshev(lambda, dpo.value(theta), sft.value(theta), ideal);
    const measure = () => computed(lowestFound(problem, value, minimum.minimizer, seed), rounding(minimum.value));
    return [{ steps: 0, constants: { F: minimum.value, c: minimum.certificate }, measure }];
  },
});

/** At points that no solver chose, the certificate is at least the true gap. */
export const certificateHolds: Theorem = theorem({
  id: 'P.certificate',
  kind: 'tight',
  measured:
    'F_\\lambda(\\theta) - \\min F_\\lambda \\text{ at the sampled } \\theta \\text{ closest to its certificate}',
  formula: 'c',
  needs: ['c'],
  reference,
  origin: 'boundary certificate here',
  trials: (subject, { seed }) => {
    const { problem, lambda, weightedSum, bounds } = subject;
    if (problem === undefined) return [];
    const f = weightedFunction(problem, lambda);
    const { radius } = problem;
    let curvature: KnownCurvature = {
      kind: 'strongly-convex',
      modulus: lambda * bounds.dpo.strongConvexity + (1 - lambda) * bounds.sft.strongConvexity,
    };
    if (problem.data.kind === 'quadratic') curvature = quadraticCurvature(problem.data, lambda);
    let closest = { gap: 0, bound: Infinity };
    for (const theta of pointsAround(problem, weightedSum.minimizer, 200, seed)) {
      const evaluation = evaluatePrecisely(f, theta);
      const gap = evaluation.value[0] - weightedSum.value;
      const { bound } = certificate(theta, evaluation, radius, curvature);
      // Gaps near rounding say nothing.
      if (gap > 1e-9 * Math.max(1, Math.abs(weightedSum.value)) && gap / bound > closest.gap / closest.bound) {
        closest = { gap, bound };
      }
    }
    const measurement = computed(closest.gap, rounding(weightedSum.value));
    return [{ steps: 0, constants: { c: closest.bound }, measure: () => measurement }];
  },
});

function rounding(value: number): number {
  return 1e-12 * Math.max(1, Math.abs(value));
}
