import type { LogLinearData } from '../convex/problem/data.js';
import type { ProblemStages } from './setup.js';

/** Why a remedy that concerns what a policy replies does not apply to a setup. */
export function missingPolicy({ problem, order }: ProblemStages): string | undefined {
  if (problem.data.kind !== 'log-linear') return `it needs a log-linear pair, and this is of kind ${problem.data.kind}`;
  return order === 'sft-dpo' ? undefined : 'it is for a stage two on DPO, the order sft-dpo';
}

/** The log-linear data of a setup to which such a remedy applies. */
export function policyOf({ problem: { data } }: ProblemStages): LogLinearData {
  if (data.kind !== 'log-linear') throw new Error(`${data.kind} pairs have no policy`);
  return data;
}
