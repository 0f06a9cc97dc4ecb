import { norm } from '../../base/vector.js';
import type { ObjectiveName, Schedule, ScheduleSettings } from '../../schedule/schedule.js';
import { drawnChoice, gradientsOf, informed, possibleOutcomes, takeChoice } from '../../schedule/step.js';
import type { Iterate } from './names.js';
import { evaluateWorstFunction, type WorstFunctionValue } from './worst-function.js';
import type { WorstProblem } from './worst-problem.js';

/** What is measured of a point: F_λ(θ) − F_λ(θ*), F_max(θ) − F_max(θ°), or one objective's f(θ) − f(u). */
export type Gap = 'weighted' | 'max' | ObjectiveName;

/** The measured number of a run, in expectation over the schedule's own draws. */
export interface Replay {
  readonly value: number;
  /** The least lead of any decision: of a piece over the other pieces, of MAXRIGHT's chosen record over the other. */
  readonly lead: number;
  /** Bound on the rounding error of `value` and of every compared number. */
  readonly rounding: number;
  /** Total weight of the paths run. */
  readonly probability: number;
}

/**
 * Runs a schedule on a recovered pair of functions from its start, through every outcome of the schedule's own draws,
 * and returns the expectation of the measured gap.
 * @param stepSizes α_1 … α_T
 * @param uniform draws from [0, 1); where it is given, only the path that it draws is run
 */
export function replay(
  problem: WorstProblem,
  schedule: Schedule,
  settings: ScheduleSettings,
  stepSizes: Float64Array,
  iterate: Iterate,
  gap: Gap,
  uniform?: () => number,
): Replay {
  const { lambda } = settings;
  const steps = stepSizes.length;
  const d = problem.start.length;
  let lead = Infinity;
  let largest = 0;
  const evaluate = (objective: ObjectiveName, at: Float64Array): WorstFunctionValue => {
    const evaluation = evaluateWorstFunction(problem.objectives[objective], at);
    largest = Math.max(largest, Math.abs(evaluation.value), norm(evaluation.gradient) * norm(at));
    return evaluation;
  };
  const ideal = problem.ideal ?? { dpo: 0, sft: 0 };
  largest = Math.max(Math.abs(ideal.dpo), Math.abs(ideal.sft));
  const combined = (dpo: number, sft: number): number => {
    if (gap === 'weighted') return lambda * dpo + (1 - lambda) * sft;
    if (gap === 'max') return Math.max(lambda * (dpo - ideal.dpo), (1 - lambda) * (sft - ideal.sft));
    return gap === 'dpo' ? dpo : sft;
  };
  const comparator = Float64Array.from(problem.comparator);
  const optimum = combined(evaluate('dpo', comparator).value, evaluate('sft', comparator).value);
  const gapAt = (at: Float64Array): number => combined(evaluate('dpo', at).value, evaluate('sft', at).value) - optimum;

  let expectation = 0;
  let total = 0;
  const initial = schedule.init(settings);
  const averagedOver = schedule.averagedOver?.(initial);
  const kept = schedule.keepsWithin?.(settings);
  const walk = (
    state: unknown,
    step: number,
    path: readonly Float64Array[],
    counted: readonly boolean[],
    probability: number,
  ): void => {
    const at = path[path.length - 1];
    if (step > steps) {
      total += probability;
      expectation += probability * measure(path, counted, iterate, gapAt);
      return;
    }
    const here: Partial<Record<ObjectiveName, WorstFunctionValue>> = {};
    const evaluatedAt = (objective: ObjectiveName): WorstFunctionValue => (here[objective] ??= evaluate(objective, at));
    const told = informed(schedule, state, step, (objective) => evaluatedAt(objective).value);
    const record = schedule.stepOnLarger === undefined ? undefined : schedule.weightedGaps?.(told);
    if (record !== undefined && step < lastSteered(iterate, steps)) {
      lead = Math.min(lead, Math.abs(record.dpo - record.sft));
    }
    if (kept !== undefined) {
      const threshold = ideal[kept.first] + kept.budget + kept.tolerance;
      lead = Math.min(lead, Math.abs(evaluatedAt(kept.first).value - threshold));
    }
    const branches =
      uniform === undefined
        ? possibleOutcomes(schedule, told, step)
        : [{ choice: drawnChoice(schedule, told, step, uniform), probability: 1 }];
    for (const { choice, probability: share } of branches) {
      const next = at.slice();
      const after = takeChoice(schedule, told, choice, {
        theta: next,
        stepSize: stepSizes[step - 1],
        gradient: (objective, into) => {
          const { value, gradient, lead: firmness } = evaluatedAt(objective);
          if (step < lastSteered(iterate, steps)) lead = Math.min(lead, firmness);
          into.set(gradient);
          return value;
        },
        gradients: { dpo: new Float64Array(d), sft: new Float64Array(d) },
      });
      const counts = averagedOver === undefined || gradientsOf(choice).includes(averagedOver);
      walk(after, step + 1, [...path, next], [...counted, counts], probability * share);
    }
  };
  walk(initial, 1, [Float64Array.from(problem.start)], [], 1);
  // Each number is a sum of at most d + T products; an error in a point grows by 1 + αL at most in a step on a smooth
  // function, not at all where αL ≤ 2, and not at all in one on a fixed piece.
  let growth = 1;
  for (const f of Object.values(problem.objectives)) {
    if (f.kind === 'smooth-interpolant') {
      growth = Math.max(
        growth,
        stepSizes.reduce((product, size) => product * (size * f.smoothness <= 2 ? 1 : 1 + size * f.smoothness), 1),
      );
    }
  }
  const operations = 8 * (d + steps + 8) * (steps + 1);
  return { value: expectation, lead, rounding: operations * 2 ** -53 * largest * growth, probability: total };
}

/** The first step whose outcome the measure no longer sees. */
function lastSteered(iterate: Iterate, steps: number): number {
  return iterate === 'mean' || iterate === 'average' ? steps : steps + 1;
}

/** @param counted whether the point of each step counts in mean and average; where none does, the last point stands for them */
function measure(
  path: readonly Float64Array[],
  counted: readonly boolean[],
  iterate: Iterate,
  gapAt: (at: Float64Array) => number,
): number {
  const counting = path.filter((_, t) => counted[t]);
  const before = counting.length > 0 ? counting : path.slice(-1);
  switch (iterate) {
    case 'mean':
      return before.reduce((sum, at) => sum + gapAt(at), 0) / before.length;
    case 'average': {
      const mean = path[0].map((_, i) => before.reduce((sum, at) => sum + at[i], 0) / before.length);
      return gapAt(mean);
    }
    case 'best':
      return Math.min(...path.map(gapAt));
    case 'last':
      return gapAt(path[path.length - 1]);
  }
}
