import { InputError } from '../../base/input-error.js';
import { alright } from '../../schedule/alright.js';
import { maxright } from '../../schedule/maxright.js';
import { stream } from '../../base/random-stream.js';
import { replay } from './replay.js';
import { worstCaseQuestion, type WorstCaseSettings } from './settings.js';
import { theory } from './theory.js';
import type { WorstCaseResult } from './result.js';
import type { WorstProblem } from './worst-problem.js';

/**
 * Statement W's worst problem for T steps of size R/(M√T): both objectives are
 * max(M max_{j ≤ T} θ_j, −MR/√T) on R^T, the start is 0 and θ* = −(R/√T)(1, …, 1).
 * Each step meets a coordinate that no step has touched yet, so that every value seen is 0 and every gap MR/√T; the
 * proof is in docs/worst-case.md.
 */
export function closedFormProblem(steps: number, lipschitz: number, distance: number): WorstProblem {
  const optimum = (-lipschitz * distance) / Math.sqrt(steps);
  const zero = new Array<number>(steps).fill(0);
  const objective = {
    kind: 'piecewise-linear' as const,
    pieces: [
      ...zero.map((_, j) => ({ gradient: zero.map((__, i) => (i === j ? lipschitz : 0)), offset: 0 })),
      { gradient: zero, offset: optimum },
    ],
  };
  return {
    kind: 'worst-case',
    objectives: { dpo: objective, sft: objective },
    start: zero,
    comparator: zero.map(() => -distance / Math.sqrt(steps)),
    ideal: { dpo: optimum, sft: optimum },
  };
}

/**
 * Runs ALRIGHT or MAXRIGHT (period 1) on statement W's worst problem. The bound is that of statement A or M.
 *
 * Ties are part of the construction: values of untouched coordinates are exactly 0 and those of touched ones negative,
 * so that rounding decides nothing. Whatever the coin shows, ALRIGHT's path is the same, for the objectives are equal;
 * the run draws one.
 * @throws InputError where statement W does not speak of the settings
 */
export function closedFormWorstCase(settings: WorstCaseSettings): WorstCaseResult {
  const question = worstCaseQuestion(settings);
  const { name, schedule, stepSizes, iterate, functionClass, distance } = question;
  if (schedule !== alright && schedule !== maxright) {
    throw new InputError('schedule', name, `${alright.name} or ${maxright.name} for the closed-form worst function`);
  }
  if (schedule === maxright && question.settings.period !== 1) {
    throw new InputError('period', question.settings.period, '1 for the closed-form worst function');
  }
  if (iterate !== 'mean' && iterate !== 'average') {
    throw new InputError('iterate', iterate, 'mean or average for the closed-form worst function');
  }
  if (functionClass.kind !== 'lipschitz') {
    throw new InputError('class', functionClass.kind, 'lipschitz for the closed-form worst function');
  }
  const known = theory(question);
  if (known?.kind !== 'tight') {
    throw new InputError('step-size', settings.stepSize, 'R/(M√T), the default, for the closed-form worst function');
  }
  const problem = closedFormProblem(stepSizes.length, functionClass.lipschitz, distance);
  const coin = stream(0, `${name}-coin`);
  const run = replay(
    problem,
    schedule,
    { ...question.settings, ideal: problem.ideal ?? { dpo: 0, sft: 0 } },
    stepSizes,
    iterate,
    question.gap,
    () => coin.uniform(),
  );
  const worst = run.value - run.rounding;
  return {
    worstCase: worst,
    dualBound: known.value * (1 + 2 ** -48),
    relativeGap: (known.value * (1 + 2 ** -48) - worst) / known.value,
    theory: known.value,
    kind: known.kind,
    certificate: { problem, stepSizes, replay: run },
  };
}
