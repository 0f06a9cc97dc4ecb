import { exactMoments, traceOfProduct } from '../convex/simulate/exact-moments.js';
import { sequential } from '../schedule/sequential.js';
import { constantStep, constantSteps, firstStage, type DescribedRun } from './described-run.js';
import { exactOptions } from './exact-measure.js';
import type { Extent } from './extent.js';
import { freeQuadratics } from './free-quadratics.js';
import { bothOrders, limitGap, objectivesInOrder } from './sequential-limit.js';
import { notFreeQuadratic } from './smooth-constants.js';
import { isSubject, weightOf, type Setting, type Subject } from './subject.js';
import { notConstant } from './subgradient-method.js';
import type { Applied, NotApplicable, ProposedRun } from './theorem.js';

/**
 * What the finite-time theorems on Sequential need of a run on quadratics on R^d with constant steps, whose moments
 * along the second stage are exact.
 * @param condition why the steps are too long, where they are
 */
export function onSecondStage(
  condition: (second: { readonly alpha: number; readonly mu: number; readonly L: number }) => NotApplicable | undefined,
): (setting: Setting, run: DescribedRun) => Applied | NotApplicable {
  return (setting, run) => {
    const data = isSubject(setting) ? freeQuadratics(setting) : undefined;
    if (data === undefined || !isSubject(setting)) return notFreeQuadratic;
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    const { first, second } = objectivesInOrder(run.order);
    const { strongConvexity: mu, smoothness: L } = setting.bounds[second];
    const Delta = limitGap(setting, run);
    if (mu === 0 || Delta === undefined) return { reason: 'the second objective is not strongly convex' };
    const silence = condition({ alpha, mu, L });
    if (silence !== undefined) return silence;
    const { dimension } = data;
    const steps = run.stepSizes.length;
    const before = firstStage(run);
    const own = data.objectives[second];
    const squared = square(own.hessian, dimension);
    let [D0, E_0] = [NaN, NaN];
    /** The largest second moment of the gradients of the second stage up to each step. */
    const moments = new Float64Array(steps + 1);
    exactMoments(data, { ...exactOptions(setting, run), origin: own.minimizer }, (step, mean, matrix) => {
      if (step === before) {
        D0 = Math.sqrt(trace(matrix, dimension));
        E_0 = Math.hypot(...mean);
      }
      if (step >= before) {
        // E‖A(θ − c)‖² = tr A²S, and the noise.
        const moment = traceOfProduct(squared, matrix) + dimension * own.noise ** 2;
        moments[step] = Math.max(step === before ? 0 : moments[step - 1], moment);
      }
      return true;
    });
    const gradient = new Float64Array(dimension);
    setting.pair.objectives[first].gradient(own.minimizer, gradient);
    const slope = weightOf(setting)[first] * Math.hypot(...gradient);
    return {
      at: (T) =>
        T < before ? undefined : { Delta, slope, alpha, mu, D0, E_0, G: Math.sqrt(moments[T]), T_2: T - before },
    };
  };
}

/** The runs on which they are checked: both orders, halves, steps as small as the horizon allows, so that little noise is left. */
export function secondStageRuns({ bounds }: Subject, { steps }: Extent): ProposedRun[] {
  const L = Math.max(bounds.dpo.smoothness, bounds.sft.smoothness);
  return bothOrders.flatMap(({ order, second }) => {
    const { strongConvexity: mu } = bounds[second];
    return steps.map((T) => {
      const alpha = Math.min(1 / (2 * L), mu > 0 ? 4 / (mu * T) : Infinity);
      return { schedule: sequential.name, stepSizes: constantSteps(alpha, T), order, variant: order };
    });
  });
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
