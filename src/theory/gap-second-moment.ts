import { inner } from '../base/vector.js';
import type { QuadraticData } from '../convex/problem/data.js';
import { schedules } from '../schedule/index.js';
import type { WeightedChoice } from '../schedule/schedule.js';
import { possibleOutcomes } from '../schedule/step.js';
import type { DescribedRun } from './described-run.js';
import { exactOptions } from './exact-measure.js';
import type { Subject } from './subject.js';

/**
 * E X² of the gap X = F_λ(θ_{T+1}) − min F_λ, for quadratics on R^d under a schedule that looks at no value: along every
 * way that the draws can go θ is Gaussian, so that with e = θ − θ_λ* ~ N(m, Σ) the gap ½eᵀAe has the mean
 * ½(tr AΣ + mᵀAm) and the variance ½ tr(AΣAΣ) + mᵀAΣAm. The ways double with every draw: for short runs.
 */
export function gapSecondMoment(subject: Subject, data: QuadraticData, run: DescribedRun): number {
  const { dimension: d, objectives, start } = data;
  const { lambda, weightedSum } = subject;
  const schedule = schedules[run.schedule];
  const state = schedule.init({ ...exactOptions(subject, run).settings, ideal: { dpo: 0, sft: 0 } });
  const { dpo, sft } = objectives;
  const origin = weightedSum.minimizer;
  const combined = (a: number, b: number): Float64Array =>
    dpo.hessian.map((entry, i) => a * entry + b * sft.hessian[i]);
  const shiftOf = (a: number, b: number): Float64Array => {
    const toDpo = times(dpo.hessian, subtract(origin, dpo.minimizer));
    const toSft = times(sft.hessian, subtract(origin, sft.minimizer));
    return toDpo.map((entry, i) => a * entry + b * toSft[i]);
  };
  const curvature = combined(lambda, 1 - lambda);
  const walk = (t: number, mean: Float64Array, covariance: Float64Array): number => {
    if (t > run.stepSizes.length) {
      const scaled = product(curvature, covariance, d);
      const bent = times(curvature, mean);
      let [trace, square] = [0, 0];
      for (let i = 0; i < d; i++) {
        trace += scaled[i * d + i];
        for (let j = 0; j < d; j++) square += scaled[i * d + j] * scaled[j * d + i];
      }
      const centre = (trace + inner(mean, bent)) / 2;
      return square / 2 + inner(bent, times(covariance, bent)) + centre ** 2;
    }
    const alpha = run.stepSizes[t - 1];
    return possibleOutcomes(schedule, state, t).reduce((sum, { choice, probability }) => {
      const { dpo: a, sft: b } = choice as WeightedChoice;
      const left = combined(-alpha * a, -alpha * b);
      for (let i = 0; i < d; i++) left[i * d + i] += 1;
      const shift = shiftOf(a, b);
      const moved = times(left, mean).map((entry, i) => entry - alpha * shift[i]);
      // B is symmetric.
      const spread = product(product(left, covariance, d), left, d);
      const noise = alpha ** 2 * ((a * dpo.noise) ** 2 + (b * sft.noise) ** 2);
      for (let i = 0; i < d; i++) spread[i * d + i] += noise;
      return sum + probability * walk(t + 1, moved, spread);
    }, 0);
  };
  return walk(1, subtract(start, origin), new Float64Array(d * d));
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((entry, i) => entry - b[i]);
}

function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const { length } = vector;
  return vector.map((_, i) => inner(matrix.subarray(i * length, (i + 1) * length), vector));
}

function product(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const result = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < d; k++) {
      const factor = a[i * d + k];
      for (let j = 0; j < d; j++) result[i * d + j] += factor * b[k * d + j];
    }
  }
  return result;
}
