import type { Stream } from '../../base/random-stream.js';
import { maxright } from '../../schedule/maxright.js';
import type { ObjectiveName } from '../../schedule/schedule.js';
import type { Constants } from '../constants.js';
import { constantSteps } from '../described-run.js';
import { maxrightPlan } from '../worst-case/plan.js';
import { estimationProgramme } from '../worst-case/programme.js';
import { solveEstimation } from '../worst-case/solve-estimation.js';
import { worstProblem, type WorstProblem } from '../worst-case/worst-problem.js';

/** A question of what wrong values cost MAXRIGHT, k = 1: subgradients and the distance of the start are at most 1. */
export interface WrongValues {
  readonly lambda: number;
  readonly steps: number;
  readonly alpha: number;
  /** w_DPO ε_DPO + w_SFT ε_SFT. */
  readonly epsilon: number;
}

/** The worst pair that was found, and the mean of F_max − min F_max on it. */
export interface WorstOfWrongValues {
  readonly value: number;
  readonly choices: readonly ObjectiveName[];
  readonly problem: WorstProblem;
}

/**
 * The worst case of MAXRIGHT whose choices may be wrong by ε, over all pairs on which one objective is the larger at all
 * points: every sequence of choices is allowed whose weighted values lie no more than ε apart, one semidefinite programme each.
 */
export function worstOfWrongValues(
  { lambda, steps, alpha, epsilon }: WrongValues,
  larger: ObjectiveName,
): WorstOfWrongValues | undefined {
  const initial = maxright.init({ lambda, steps, period: 1, ideal: { dpo: 0, sft: 0 } });
  const patternOfLarger = new Array<ObjectiveName>(steps).fill(larger);
  const functions = { kind: 'lipschitz', lipschitz: 1 } as const;
  let worst: WorstOfWrongValues | undefined;
  for (let code = 0; code < 2 ** (steps - 1); code++) {
    const choices = Array.from({ length: steps - 1 }, (_, t): ObjectiveName => ((code >> t) & 1 ? 'dpo' : 'sft'));
    const stepSizes = constantSteps(alpha, steps);
    const plan = maxrightPlan(maxright, initial, lambda, stepSizes, 'mean', choices, patternOfLarger);
    const selections = [
      ...plan.selections.map((selection) => ({ ...selection, slack: epsilon })),
      ...patternOfLarger.map((chosen, t) => ({ chosen, record: { dpo: t, sft: t } })),
    ];
    const estimation = estimationProgramme({ ...plan, selections }, lambda, functions, 1, { kind: 'open' }, 1e-9);
    const { status, primalObjective, gram, free } = solveEstimation(estimation);
    if (status !== 'solved' || primalObjective <= (worst?.value ?? -Infinity)) continue;
    worst = { value: primalObjective, choices, problem: worstProblem(estimation, gram, free, functions, 1) };
  }
  return worst;
}

/** The constants of the bounds on such a run. */
export function constantsOf({ lambda, steps, alpha, epsilon }: WrongValues): Constants {
  const [w, m] = [Math.max(lambda, 1 - lambda), Math.min(lambda, 1 - lambda)];
  const gradients = { G: 1, G_dpo: 1, G_sft: 1, G_m: 1 };
  return { ...gradients, lambda, w, m, k: 1, D0: 1, T: steps, alpha, epsilon };
}

/** A question with numbers drawn over several orders of magnitude. */
export function drawnQuestion({ uniform, integer }: Stream): WrongValues {
  const steps = 2 + integer(2);
  const lambda = 0.5 * 10 ** (-1.5 * uniform());
  return {
    lambda,
    steps,
    alpha: 10 ** (2.5 * uniform() - 0.5) / Math.sqrt(steps),
    epsilon: 10 ** (1.5 * uniform() - 1.2),
  };
}
