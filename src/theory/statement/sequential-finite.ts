import type { QuadraticData } from '../../convex/problem/data.js';
import { schedules } from '../../schedule/index.js';
import { exactMoments, traceOfProduct } from '../../convex/simulate/exact-moments.js';
import { constantSteps } from '../measure.js';
import { computed, type Measurement } from '../measurement.js';
import { bothOrders, sequentialGap, type Stages } from '../sequential-limit.js';
import { freeQuadratics, notFreeQuadratic } from '../smooth-constants.js';
import { weightOf, type Subject } from '../subject.js';
import { theorem, type Extent, type NotApplicable, type Theorem, type Trial } from '../theorem.js';

const measured = '\\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda';

/** After T_2 updates of the second stage, for any strongly convex second objective. */
export const sequentialFinite: Theorem = theorem({
  id: 'S.finite',
  kind: 'lower',
  measured,
  formula: 'Delta - slope*sqrt((1 - 2*alpha*mu)^T_2*D0^2 + alpha*G^2/(2*mu))',
  needs: ['Delta', 'slope', 'alpha', 'mu', 'T_2', 'D0', 'G'],
  reference: 'docs/theory.md, S',
  trials: (subject, extent) => sequentialTrials(subject, extent),
});

/** The same for quadratics, whose mean converges without a noise floor. */
export const sequentialMean: Theorem = theorem({
  id: 'S.finite.mean',
  kind: 'lower',
  measured,
  formula: 'Delta - slope*(1 - alpha*mu)^T_2*E_0',
  needs: ['Delta', 'slope', 'alpha', 'mu', 'T_2', 'E_0'],
  reference: 'docs/theory.md, S',
  trials: (subject, extent) => sequentialTrials(subject, extent),
});

function sequentialTrials(subject: Subject, extent: Extent): readonly Trial[] | NotApplicable {
  const data = freeQuadratics(subject);
  if (data === undefined) return notFreeQuadratic;
  const trials = bothOrders.flatMap((stages) => {
    const { strongConvexity: mu } = subject.bounds[stages.second];
    if (mu === 0) return [];
    return extent.steps.map((steps) => trial(subject, data, stages, mu, steps));
  });
  return trials.length > 0 ? trials : { reason: 'no second objective is strongly convex' };
}

function trial(subject: Subject, data: QuadraticData, stages: Stages, mu: number, steps: number): Trial {
  const { dimension } = data;
  const { lambda, pair, bounds, weightedSum } = subject;
  const origin = data.objectives[stages.second].minimizer;
  const T_2 = Math.floor(steps / 2);
  const L = Math.max(bounds.dpo.smoothness, bounds.sft.smoothness);
  // As small as the horizon allows, so that little noise is left.
  const alpha = Math.min(1 / (2 * L), 4 / (mu * steps));
  const options = {
    schedule: schedules.sequential,
    settings: { lambda, steps, order: stages.order },
    stepSizes: constantSteps(alpha, steps),
    batch: 1,
    origin,
  };
  const [one, two] = [data.objectives[stages.first], data.objectives[stages.second]];
  const squared = square(two.hessian, dimension);
  const gradient = new Float64Array(dimension);
  pair.objectives[stages.first].gradient(origin, gradient);
  const Delta = sequentialGap(subject, data, stages);
  let [D0, E_0, G, gap] = [0, 0, 0, NaN];
  exactMoments(data, options, (step, mean, second) => {
    if (step === steps - T_2) {
      D0 = Math.sqrt(trace(second, dimension));
      E_0 = Math.hypot(...mean);
    }
    // E‖A(θ − c)‖² = tr A²S, and the noise.
    if (step >= steps - T_2) G = Math.max(G, Math.sqrt(traceOfProduct(squared, second) + dimension * two.noise ** 2));
    if (step === steps) {
      const weights = weightOf(subject);
      const slope = gradient.reduce((sum, entry, i) => sum + entry * mean[i], 0);
      // F_λ(θ) = F_λ(c_2) + w_1 ⟨∇f_1(c_2), e⟩ + ½ eᵀA_λ e with e = θ − c_2.
      const curved = weights[stages.first] * traceOfProduct(one.hessian, second);
      const own = weights[stages.second] * traceOfProduct(two.hessian, second);
      const value = weights[stages.first] * (pair.objectives[stages.first].value(origin) + slope);
      gap = value + (curved + own) / 2 - weightedSum.value;
    }
    return true;
  });
  const slope = weightOf(subject)[stages.first] * Math.hypot(...gradient);
  const measurement: Measurement = computed(gap, 1e-9 * Math.max(1, Math.abs(gap)));
  return {
    steps,
    variant: stages.order,
    constants: { Delta, slope, alpha, mu, T_2, D0, E_0, G },
    measure: () => measurement,
  };
}

function square(matrix: Float64Array, dimension: number): Float64Array {
  const product = new Float64Array(matrix.length);
  for (let i = 0; i < dimension; i++) {
    for (let k = 0; k < dimension; k++) {
      for (let j = 0; j < dimension; j++) {
        product[i * dimension + j] += matrix[i * dimension + k] * matrix[k * dimension + j];
      }
    }
  }
  return product;
}

function trace(matrix: Float64Array, dimension: number): number {
  let sum = 0;
  for (let i = 0; i < dimension; i++) sum += matrix[i * dimension + i];
  return sum;
}
