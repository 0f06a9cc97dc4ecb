import type { WorstCaseQuestion } from './settings.js';
import type { WorstCaseResult } from './result.js';
import type { WorstFunction } from './worst-function.js';
import type { WorstProblem } from './worst-problem.js';

/** Units of length, of slope, and so of values: powers of two, which scale numbers without rounding. */
export interface Units {
  readonly length: number;
  readonly slope: number;
}

/**
 * Units in which the bounds R and M (for the smooth class LR, the slope that curvature gives over R) lie in [1, 2): a
 * programme is solved there, since one whose entries lie far apart is solved wrongly.
 */
export function unitsOf({ functionClass, distance }: WorstCaseQuestion): Units {
  const length = 2 ** Math.floor(Math.log2(distance));
  return functionClass.kind === 'lipschitz'
    ? { length, slope: 2 ** Math.floor(Math.log2(functionClass.lipschitz)) }
    : { length, slope: 2 ** Math.floor(Math.log2(functionClass.smoothness)) * length };
}

/** The same question in these units. */
export function inUnits(question: WorstCaseQuestion, { length, slope }: Units): WorstCaseQuestion {
  const { functionClass, distance, stepSizes, kept, settings } = question;
  const value = length * slope;
  const scaled = kept && { ...kept, budget: kept.budget / value, tolerance: kept.tolerance / value };
  return {
    ...question,
    ...(scaled === undefined
      ? {}
      : { kept: scaled, settings: { ...settings, forgetAtMost: scaled.budget, tolerance: scaled.tolerance } }),
    distance: distance / length,
    stepSizes: stepSizes.map((size) => (size * slope) / length),
    functionClass:
      functionClass.kind === 'lipschitz'
        ? { kind: 'lipschitz', lipschitz: functionClass.lipschitz / slope }
        : {
            kind: 'smooth',
            smoothness: (functionClass.smoothness / slope) * length,
            gradientAtOptimum: functionClass.gradientAtOptimum / slope,
          },
  };
}

/** The answer in the user's own units; `stepSizes` are those of the question asked. */
export function inOwnUnits(
  result: WorstCaseResult,
  { length, slope }: Units,
  stepSizes: Float64Array,
): WorstCaseResult {
  const value = length * slope;
  const { certificate } = result;
  const { replay, dual } = certificate;
  return {
    ...result,
    worstCase: result.worstCase * value,
    dualBound: result.dualBound * value,
    theory: result.theory === null ? null : result.theory * value,
    certificate: {
      ...certificate,
      problem: problemInOwnUnits(certificate.problem, { length, slope }),
      stepSizes,
      replay: {
        ...replay,
        value: replay.value * value,
        lead: replay.lead * value,
        rounding: replay.rounding * value,
      },
      ...(dual === undefined
        ? {}
        : { dual: { ...dual, shiftCost: dual.shiftCost * value, residualCost: dual.residualCost * value } }),
    },
  };
}

function problemInOwnUnits(problem: WorstProblem, units: Units): WorstProblem {
  const { length, slope } = units;
  const { objectives, start, comparator, ideal } = problem;
  const longer = (vector: readonly number[]): number[] => vector.map((entry) => entry * length);
  return {
    ...problem,
    objectives: { dpo: functionInOwnUnits(objectives.dpo, units), sft: functionInOwnUnits(objectives.sft, units) },
    start: longer(start),
    comparator: longer(comparator),
    ...(ideal === undefined ? {} : { ideal: { dpo: ideal.dpo * length * slope, sft: ideal.sft * length * slope } }),
  };
}

function functionInOwnUnits(f: WorstFunction, { length, slope }: Units): WorstFunction {
  const value = length * slope;
  if (f.kind === 'piecewise-linear') {
    const pieces = f.pieces.map(({ gradient, offset }) => ({
      gradient: gradient.map((entry) => entry * slope),
      offset: offset * value,
    }));
    return { ...f, pieces };
  }
  const points = f.points.map((point) => ({
    center: point.center.map((entry) => entry * length),
    value: point.value * value,
  }));
  return { ...f, smoothness: (f.smoothness * slope) / length, points };
}
