import { quadratic } from '../convex/generate/quadratic.js';
import { createProblem } from '../convex/problem/create.js';
import { problemData } from '../convex/problem/data.js';
import { checkProblemFile } from '../convex/problem/format.js';
import { bestInHindsight, drawn } from '../remedy/curve.js';
import { remedies } from '../remedy/index.js';
import { gapAt } from '../remedy/judge.js';
import { isReason } from '../remedy/limit.js';
import { costText, type Remedy } from '../remedy/remedy.js';
import { setup, type Setup } from '../remedy/setup.js';
import type { ExperimentContext } from './experiment.js';
import { siblingModule, taskResult } from './task.js';

/** How a remedy's parameter is chosen; `fixed` where it has none. */
export type ChoiceOfParameter = 'fixed' | 'theory' | 'convention' | 'hindsight';

/** What a remedy leaves of Sequential's gap on one pair. */
export interface RemainingGap {
  readonly name: string;
  readonly label: string;
  readonly chosen: ChoiceOfParameter;
  /** The gap of its limit over that of Sequential's. */
  readonly part: number;
  readonly cost: string;
}

/** Plain data for a worker: the random quadratic pairs of so many seeds from the first on. */
export interface RemedyGapsTask {
  readonly firstSeed: number;
  readonly pairs: number;
  readonly dimension: number;
  readonly lambda: number;
  readonly steps: number;
  readonly stepSize: string;
}

/** What every remedy leaves of Sequential's gap on random pairs, solved once. */
export function remedyGaps(context: ExperimentContext, task: RemedyGapsTask): Promise<RemainingGap[]> {
  return taskResult(context, { module, name: 'solvedGaps' }, task, (found: RemainingGap[]) => found);
}

const module = siblingModule('./remedy-gaps', import.meta.url);

/** Solves for the gaps. */
export async function solvedGaps({ firstSeed, pairs, dimension, ...options }: RemedyGapsTask): Promise<RemainingGap[]> {
  const found: RemainingGap[] = [];
  for (let seed = firstSeed; seed < firstSeed + pairs; seed++) {
    const problem = await createProblem(problemData(checkProblemFile(quadratic({ dimension, seed }))));
    const of = setup(problem, { ...options, seeds: 1 });
    if (isReason(of.stageTwo)) continue;
    const whole = gapAt(of, of.stageTwo.minimizer);
    for (const remedy of Object.values(remedies)) found.push(...remaining(of, remedy, whole));
  }
  return found;
}

function remaining(of: Setup, remedy: Remedy, whole: number): RemainingGap[] {
  const { name, label, parameter } = remedy;
  if (remedy.missing?.(of) !== undefined) return [];
  const row = (chosen: ChoiceOfParameter, value: unknown): RemainingGap[] => {
    const limit = remedy.limit(of, value);
    if (isReason(limit)) return [];
    return [{ name, label, chosen, part: gapAt(of, limit.minimizer) / whole, cost: costText(remedy.cost(of, value)) }];
  };
  if (parameter === undefined) return row('fixed', undefined);
  const rows: RemainingGap[] = [];
  const byTheory = parameter.theory?.(of);
  if (byTheory !== undefined && !isReason(byTheory)) rows.push(...row('theory', byTheory));
  const standard = byTheory === undefined ? parameter.standard?.(of) : undefined;
  if (standard !== undefined && !isReason(standard)) rows.push(...row('convention', standard));
  // What leaves nothing by theory is not tuned.
  if (rows.some(({ part }) => part < 1e-9)) return rows;
  const best = bestInHindsight(of, remedy, parameter, byTheory, drawn(of, remedy, parameter).grid);
  if (best !== undefined) rows.push(...row('hindsight', best.value));
  return rows;
}
