import { grouped } from '../../base/grouped.js';
import { mean } from '../../base/statistics.js';
import { splitOf, type Comparison } from '../plan.js';
import type { EvaluationRow } from '../results.js';
import { perSeed, type Evidence, type OpenClaim } from './claim.js';

/** The measures of the objective of a comparison's first stage, held out before training. */
const firstObjective = {
  'sft-dpo': [
    ['heldOutSft', 'held-out f_SFT'],
    ['sft', 'f_SFT'],
  ],
  'dpo-sft': [
    ['heldOutDpo', 'held-out f_DPO'],
    ['dpo', 'f_DPO'],
  ],
} as const;

/** Whether Sequential forgets: the first objective's loss rises through the second stage, in the mean over the splits. */
export function forgettingClaims({ comparison, scale, rows }: Evidence): OpenClaim[] {
  return firstObjective[comparison].map(([measure, name]) => ({
    comparison,
    kind: 'forgetting',
    claim: `the second stage raises ${name}, the first stage's objective`,
    samples: rises(comparison, scale.steps, rows, measure),
    threshold: 0,
    measured: (shown) => `rise ${shown}, mean over the splits`,
  }));
}

/** For each seed how much a measure rises through the second stage of Sequential, in the mean over the splits. */
export function rises(
  comparison: Comparison,
  steps: number,
  rows: readonly EvaluationRow[],
  measure: 'sft' | 'dpo' | 'heldOutSft' | 'heldOutDpo',
): number[] {
  const sequential = rows.filter(
    (row) => row.comparison === comparison && row.dpoShare !== null && row.steps === steps,
  );
  return perSeed(sequential, (own) =>
    mean(
      grouped(own, ({ dpoShare }) => dpoShare).map((run) => {
        const [switchAfter] = splitOf(comparison, run[0].dpoShare ?? 0, steps);
        return at(run, steps)[measure] - at(run, switchAfter)[measure];
      }),
    ),
  );
}

function at(run: readonly EvaluationRow[], step: number): EvaluationRow {
  const row = run.find((candidate) => candidate.step === step);
  if (row === undefined) throw new Error(`no evaluation after step ${step}`);
  return row;
}
