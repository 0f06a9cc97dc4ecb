import { schedules } from '../schedule/index.js';
import type { Order } from '../schedule/schedule.js';
import { exactMoments } from '../convex/simulate/exact-moments.js';
import type { EnsembleMeasures } from '../convex/simulate/measures.js';
import { alrightBound, unboundedGradients } from './bounded-gradients.js';
import type { Constants } from './constants.js';
import { harmonic } from './measure.js';
import { noisyExemption, seesMinibatches, weightedErrors } from './noisy-values.js';
import { bothOrders, sequentialGap } from './sequential-limit.js';
import { freeQuadratics, notFreeQuadratic, smoothConstants } from './smooth-constants.js';
import { distance, weightOf, type Minimum, type Subject } from './subject.js';
import type { NotApplicable, Theorem } from './theorem.js';
import { alrightAverage } from './statement/alright-average.js';
import { alrightLastLinear } from './statement/alright-last-linear.js';
import { alrightLast } from './statement/alright-last.js';
import { alrightSmooth } from './statement/alright-smooth.js';
import { maxrightExact } from './statement/maxright-exact.js';
import { maxrightExpected } from './statement/maxright-expected.js';
import { maxrightShared } from './statement/maxright-shared.js';
import { maxrightStale } from './statement/maxright-stale.js';
import { mixAverage } from './statement/mix-average.js';
import { mixLast } from './statement/mix-last.js';
import { mixSmooth } from './statement/mix-smooth.js';
import { sequentialMean } from './statement/sequential-finite.js';
import { sequentialLimit } from './statement/sequential-limit.js';

/** A run as `forgetting run` describes it: its schedule and steps, minibatches at their defaults. */
export interface DescribedRun {
  readonly schedule: string;
  readonly order: Order;
  /** Steps of the first and the second stage of a sequential run. */
  readonly split: readonly [number, number];
  readonly period: number;
  readonly stepSizes: Float64Array;
}

/** What a theorem says of a run with the step sizes that the run has, rather than the best ones. */
export interface RunBound {
  readonly theorem: Theorem;
  /** The measure that is bounded; a bound on the mean over the points bounds the average point, by convexity. */
  readonly measure: keyof EnsembleMeasures;
  readonly constants: Constants;
  /** The bound after the first `steps` updates of the run; NaN where the theorem speaks of other numbers of updates. */
  after(steps: number): number;
}

/** A theorem that says nothing of a run, and why. */
export interface SilentTheorem extends NotApplicable {
  readonly theorem: Theorem;
}

/** What the theorems of the run's schedule say of it. */
export function runBounds(subject: Subject, run: DescribedRun): (RunBound | SilentTheorem)[] {
  const statements = statementsOf[run.schedule] ?? [];
  return statements.map(({ theorem, measure, constants }) => {
    const found = constants(subject, run);
    if ('reason' in found) return { theorem, ...found };
    const steps = run.stepSizes.length;
    const after = (T: number): number => {
      const at = found.at(T);
      return at === undefined ? NaN : theorem.value(at);
    };
    return { theorem, measure, constants: found.at(steps) ?? {}, after };
  });
}

/** The constants of a theorem after the first T updates of a run; undefined where it says nothing of T. */
interface ConstantsAfter {
  at(T: number): Constants | undefined;
}

interface Statement {
  readonly theorem: Theorem;
  readonly measure: keyof EnsembleMeasures;
  readonly constants: (subject: Subject, run: DescribedRun) => ConstantsAfter | NotApplicable;
}

const statementsOf: Readonly<Record<string, readonly Statement[]>> = {
  sequential: [
    { theorem: sequentialLimit, measure: 'gap', constants: limit },
    { theorem: sequentialMean, measure: 'gap', constants: secondStage },
  ],
  alright: [
    { theorem: alrightAverage, measure: 'averageGap', constants: onBall((subject) => ({ G: alrightBound(subject) })) },
    { theorem: alrightLast, measure: 'gap', constants: onBall((subject) => ({ G: alrightBound(subject) })) },
    { theorem: alrightLastLinear, measure: 'gap', constants: linearDecay },
    {
      theorem: alrightSmooth,
      measure: 'averageGap',
      constants: onFreeQuadratics(({ largestSmoothness: L, sigma, drawnNoise: nu }) => ({ L, sigma, nu }), 2),
    },
  ],
  mix: [
    { theorem: mixAverage, measure: 'averageGap', constants: onBall(bothGradientBounds) },
    { theorem: mixLast, measure: 'gap', constants: onBall(bothGradientBounds) },
    {
      theorem: mixSmooth,
      measure: 'averageGap',
      constants: onFreeQuadratics(({ meanSmoothness: L, mixedNoise: nu }) => ({ L, nu }), 1),
    },
  ],
  maxright: [
    { theorem: maxrightExact, measure: 'averageMaxGap', constants: exactEveryStep },
    { theorem: maxrightStale, measure: 'averageMaxGap', constants: exactValues },
    { theorem: maxrightExpected, measure: 'averageMaxGap', constants: gaussianValues },
    { theorem: maxrightShared, measure: 'averageMaxGap', constants: minibatchValues },
  ],
};

/** α where all steps are equal. */
function constantStep({ stepSizes }: DescribedRun): number | undefined {
  return stepSizes.every((size) => size === stepSizes[0]) && stepSizes[0] > 0 ? stepSizes[0] : undefined;
}

const notConstant: NotApplicable = { reason: 'it needs a constant step size' };

/** T, α and D0 of a run with constant steps, measured against a minimiser. */
function common(
  subject: Subject,
  run: DescribedRun,
  { minimizer }: Minimum,
): { readonly alpha: number; readonly D0: number } | NotApplicable {
  const alpha = constantStep(run);
  return alpha === undefined ? notConstant : { alpha, D0: distance(subject.pair.start, minimizer) };
}

/** Theorems of constant steps and bounded gradients, against the minimiser of F_λ. */
function onBall(own: (subject: Subject) => Constants): Statement['constants'] {
  return (subject, run) => {
    const reason = unboundedGradients(subject);
    if (reason !== undefined) return reason;
    const found = common(subject, run, subject.weightedSum);
    return 'reason' in found ? found : { at: (T) => ({ ...found, ...own(subject), T, H: harmonic(T) }) };
  };
}

function bothGradientBounds({ lambda, bounds }: Subject): Constants {
  return { lambda, G_dpo: bounds.dpo.gradientBound, G_sft: bounds.sft.gradientBound };
}

/** ALRIGHT with steps that decay linearly over the whole run: α (T + 1 − t)/(T + 1). */
function linearDecay(subject: Subject, { stepSizes }: DescribedRun): ConstantsAfter | NotApplicable {
  const reason = unboundedGradients(subject);
  if (reason !== undefined) return reason;
  const { length } = stepSizes;
  const alpha = (stepSizes[0] * (length + 1)) / length;
  const isLinear = stepSizes.every(
    (size, i) => Math.abs(size - (alpha * (length - i)) / (length + 1)) <= 1e-12 * alpha,
  );
  if (!isLinear || !(alpha > 0)) return { reason: 'it needs linearly decaying steps' };
  const D0 = distance(subject.pair.start, subject.weightedSum.minimizer);
  return { at: (T) => (T === length ? { alpha, D0, T, G: alrightBound(subject) } : undefined) };
}

/** Theorems of smooth quadratics on R^d, with α < 1/(factor · L). */
function onFreeQuadratics(
  own: (smooth: Exclude<ReturnType<typeof smoothConstants>, NotApplicable>) => Constants & { readonly L: number },
  factor: number,
): Statement['constants'] {
  return (subject, run) => {
    if (freeQuadratics(subject) === undefined) return notFreeQuadratic;
    const smooth = smoothConstants(subject);
    if ('reason' in smooth) return smooth;
    const found = common(subject, run, subject.weightedSum);
    if ('reason' in found) return found;
    const constants = own(smooth);
    if (!(found.alpha * factor * constants.L < 1))
      return { reason: `it needs steps below 1/(${factor === 1 ? '' : factor}L)` };
    return { at: (T) => ({ ...found, ...constants, T }) };
  };
}

/** MAXRIGHT's constants against θ°. */
function maxrightConstants(subject: Subject, run: DescribedRun): ReturnType<Statement['constants']> {
  const { lambda, bounds } = subject;
  const reason = unboundedGradients(subject);
  if (reason !== undefined) return reason;
  const found = common(subject, run, subject.weightedMax);
  if ('reason' in found) return found;
  const weights = { w: Math.max(lambda, 1 - lambda), m: Math.min(lambda, 1 - lambda), k: run.period };
  const G = Math.max(bounds.dpo.gradientBound, bounds.sft.gradientBound);
  return { at: (T) => ({ ...found, ...weights, ...bothGradientBounds(subject), G, T }) };
}

/** MAXRIGHT that compares exact values, every period. */
function exactValues(subject: Subject, run: DescribedRun): ConstantsAfter | NotApplicable {
  const { lambda, bounds } = subject;
  const errors = [bounds.dpo, bounds.sft].flatMap(({ valueDeviation, valueError }) => [valueDeviation, valueError]);
  if (Math.max(...errors) > 0) return { reason: 'the observed values are not exact' };
  if (lambda === 0 || lambda === 1) return { reason: 'λ is 0 or 1' };
  return maxrightConstants(subject, run);
}

function exactEveryStep(subject: Subject, run: DescribedRun): ConstantsAfter | NotApplicable {
  return run.period > 1 ? notEveryStep : exactValues(subject, run);
}

const notEveryStep: NotApplicable = { reason: 'it needs an evaluation at every step' };

function gaussianValues(subject: Subject, run: DescribedRun): ConstantsAfter | NotApplicable {
  const { lambda, bounds } = subject;
  const deviation = Math.hypot(lambda * bounds.dpo.valueDeviation, (1 - lambda) * bounds.sft.valueDeviation);
  if (deviation === 0) return { reason: 'the observed values carry no Gaussian noise' };
  // E|N(0, s²)| = s √(2/π).
  return noisy(subject, run, deviation * Math.sqrt(2 / Math.PI));
}

function minibatchValues(subject: Subject, run: DescribedRun): ConstantsAfter | NotApplicable {
  if (!seesMinibatches(subject)) return { reason: 'the observed values are not those of minibatches' };
  const { dpo, sft } = weightedErrors(subject);
  return noisy(subject, run, Math.max(dpo, sft));
}

function noisy(subject: Subject, run: DescribedRun, epsilon: number): ConstantsAfter | NotApplicable {
  const reason = noisyExemption(subject);
  if (reason !== undefined) return reason;
  if (run.period > 1) return notEveryStep;
  const found = maxrightConstants(subject, run);
  return 'reason' in found ? found : { at: (T) => ({ ...found.at(T), epsilon }) };
}

/** Δ: for one minimiser of a strongly convex second objective on any domain, for several on free quadratics. */
function limitGap(subject: Subject, { order }: DescribedRun): number | undefined {
  const stages = bothOrders.find((known) => known.order === order) ?? bothOrders[0];
  const { objectives } = subject.pair;
  if (subject.bounds[stages.second].strongConvexity > 0) {
    const { minimizer, certificate } = subject.ideal[stages.second];
    const weights = weightOf(subject);
    const value = weights.dpo * objectives.dpo.value(minimizer) + weights.sft * objectives.sft.value(minimizer);
    return certificate <= 1e-9 ? value - subject.weightedSum.value : undefined;
  }
  const data = freeQuadratics(subject);
  return data === undefined ? undefined : sequentialGap(subject, data, stages);
}

function limit(subject: Subject, run: DescribedRun): ConstantsAfter | NotApplicable {
  const Delta = limitGap(subject, run);
  if (Delta === undefined) return { reason: 'no modulus of strong convexity of the second objective is known' };
  const { length } = run.stepSizes;
  return { at: (T) => (T === length ? { Delta } : undefined) };
}

/** The second stage of quadratics on R^d with constant steps α ≤ 1/L of the second objective. */
function secondStage(subject: Subject, run: DescribedRun): ConstantsAfter | NotApplicable {
  const data = freeQuadratics(subject);
  if (data === undefined) return notFreeQuadratic;
  const alpha = constantStep(run);
  if (alpha === undefined) return notConstant;
  const { first, second } = bothOrders.find(({ order }) => order === run.order) ?? bothOrders[0];
  const { strongConvexity: mu, smoothness } = subject.bounds[second];
  const Delta = limitGap(subject, run);
  if (mu === 0 || Delta === undefined) return { reason: 'the second objective is not strongly convex' };
  if (alpha * smoothness > 1) return { reason: 'it needs steps of at most 1/L of the second objective' };
  const [before] = run.split;
  const origin = data.objectives[second].minimizer;
  let E_0 = NaN;
  const settings = { lambda: subject.lambda, steps: run.stepSizes.length, order: run.order, split: run.split };
  const options = { schedule: schedules.sequential, settings, stepSizes: run.stepSizes, batch: 1, origin };
  exactMoments(data, options, (step, mean) => {
    if (step === before) E_0 = Math.hypot(...mean);
    return step < before;
  });
  const gradient = new Float64Array(data.dimension);
  subject.pair.objectives[first].gradient(origin, gradient);
  const slope = weightOf(subject)[first] * Math.hypot(...gradient);
  return { at: (T) => (T < before ? undefined : { Delta, slope, alpha, mu, E_0, T_2: T - before }) };
}
