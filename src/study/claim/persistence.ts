import { bootstrapped } from '../../base/bootstrap.js';
import { significant } from '../../base/text.js';
import { paper } from '../../schedule/key.js';
import { labelOf } from '../../schedule/recognise.js';
import { endsOf, type EvaluationRow } from '../results.js';
import { middleOf } from '../plan.js';
import { perSeed, sequentialKey, shownEstimate, type Evidence, type OpenClaim } from './claim.js';

/**
 * Whether more steps close Sequential's gap: at m times the steps, the gap of a schedule that converges at the rate of
 * the theorems, O(1/√T), is 1/√m of what it was.
 */
export function persistenceClaims({ comparison, scale, rows }: Evidence): OpenClaim[] {
  const ends = endsOf(rows);
  const { steps } = scale;
  const longest = Math.max(...ends.map((row) => row.steps));
  if (longest === steps) return [];
  const threshold = Math.sqrt(steps / longest);
  const lambda = middleOf(scale.lambdas);
  const ratios = (schedule: string): number[] =>
    perSeed(
      ends.filter((row) => row.schedule === schedule && row.lambda === lambda),
      (own) => gapAt(own, longest) / gapAt(own, steps),
    );
  const beside = ends.find((row) => row.steps === longest && row.dpoShare === null)?.schedule ?? paper.alright;
  return [
    {
      comparison,
      kind: 'persistence',
      claim: `${longest / steps} times the steps do not close the gap that Sequential leaves`,
      samples: ratios(sequentialKey[comparison]),
      threshold,
      measured: (shown) =>
        `F_λ − min at λ = ${lambda} after ${longest} steps is ${shown} of that after ${steps}` +
        `${whereLeast(ratios(sequentialKey[comparison]))} (${labelOf(beside)}: ` +
        `${shownEstimate(bootstrapped(ratios(beside)))}${whereLeast(ratios(beside))}); at the rate 1/√T it would be ${significant(threshold, 4)}`,
    },
  ];
}

/** Says in how many seeds a ratio is 0 because the longer run is itself the minimum that gaps are measured from. */
function whereLeast(ratios: readonly number[]): string {
  const count = ratios.filter((ratio) => ratio === 0).length;
  return count === 0 ? '' : `, the longer run being itself the least of all runs in ${count} of ${ratios.length} seeds`;
}

function gapAt(rows: readonly EvaluationRow[], steps: number): number {
  return rows.find((candidate) => candidate.steps === steps)?.gap ?? NaN;
}
