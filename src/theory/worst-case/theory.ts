import type { FunctionClass } from './function-class.js';
import type { Iterate, WorstCaseSchedule } from './names.js';

/** What the theory says of a worst case. */
export interface Theory {
  readonly value: number;
  /** 'tight': some function attains it; 'upper': none exceeds it. */
  readonly kind: 'tight' | 'upper';
}

/** What a theoretical worst case depends on. */
export interface TheoryQuestion {
  readonly schedule: WorstCaseSchedule;
  readonly lambda: number;
  readonly period: number;
  readonly stepSizes: Float64Array;
  readonly iterate: Iterate;
  readonly functionClass: FunctionClass;
  readonly distance: number;
}

/**
 * The worst case as far as a closed form is known, or undefined; docs/worst-case.md lists the statements.
 * Sequential has none: its gap does not vanish.
 */
export function theory(question: TheoryQuestion): Theory | undefined {
  return question.functionClass.kind === 'lipschitz'
    ? lipschitzTheory(question, question.functionClass.lipschitz)
    : smoothTheory(question, question.functionClass.smoothness);
}

function lipschitzTheory(question: TheoryQuestion, lipschitz: number): Theory | undefined {
  const { schedule, lambda, period, stepSizes, iterate, distance } = question;
  if (schedule === 'sequential') return undefined;
  const steps = stepSizes.length;
  const step = constantStep(stepSizes);
  const maxright = schedule === 'maxright';
  if (iterate === 'last') {
    if (maxright) return undefined;
    // Zamani and Glineur 2023: linearly decaying steps; Mix is a subgradient method on F_λ.
    const optimal = (k: number): number => (distance * (steps - k)) / (lipschitz * (steps + 1) ** 1.5);
    if (schedule !== 'alright' && stepSizes.every((value, k) => isClose(value, optimal(k)))) {
      return { value: (lipschitz * distance) / Math.sqrt(steps + 1), kind: 'tight' };
    }
    if (step === undefined) return undefined;
    // Statement A, last point, for θ_{T+1}.
    const harmonic = Array.from({ length: steps }, (_, t) => 1 / (t + 1)).reduce((sum, term) => sum + term, 0);
    const value = distance ** 2 / (2 * step * (steps + 1)) + ((step * lipschitz ** 2) / 2) * (1 + harmonic);
    return { value, kind: 'upper' };
  }
  const weight = maxright ? Math.max(lambda, 1 - lambda) : 1;
  if (step === undefined) {
    // The least of the points is at most their mean weighted by the step sizes.
    if (iterate !== 'best' || (maxright && period > 1)) return undefined;
    const sum = stepSizes.reduce((total, value) => total + value, 0);
    const squares = stepSizes.reduce((total, value) => total + value * value, 0);
    return { value: (weight * (distance ** 2 + lipschitz ** 2 * squares)) / (2 * sum), kind: 'upper' };
  }
  // Statements A (average) and M: over the points counted, the one after the last step included for "best".
  const points = iterate === 'best' ? steps + 1 : steps;
  const fresh = weight * (distance ** 2 / (2 * step * points) + (step * lipschitz ** 2) / 2);
  const staleness = Math.min(period, points) - 1;
  if (maxright && staleness > 0) {
    const least = Math.min(lambda, 1 - lambda);
    if (least === 0) return undefined;
    return { value: fresh + (weight / least) * staleness * step * lipschitz ** 2, kind: 'upper' };
  }
  return { value: fresh, kind: isClose(step, distance / (lipschitz * Math.sqrt(points))) ? 'tight' : 'upper' };
}

/** Drori and Teboulle 2014, Theorems 3.1 and 3.2: gradient descent with a constant step of at most 1/L. */
function smoothTheory(question: TheoryQuestion, smoothness: number): Theory | undefined {
  const { schedule, stepSizes, iterate, distance } = question;
  const step = constantStep(stepSizes);
  if (schedule !== 'subgradient' || step === undefined || step * smoothness > 1) return undefined;
  // The values fall from step to step, so that the best point is the last.
  if (iterate !== 'last' && iterate !== 'best') return undefined;
  return { value: (smoothness * distance ** 2) / (4 * stepSizes.length * step * smoothness + 2), kind: 'tight' };
}

function constantStep(stepSizes: Float64Array): number | undefined {
  return stepSizes.every((value) => value === stepSizes[0]) ? stepSizes[0] : undefined;
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-12 * Math.abs(b);
}
