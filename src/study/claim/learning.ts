import { mean } from '../../base/statistics.js';
import { significant } from '../../base/text.js';
import { labelOf } from '../../schedule/recognise.js';
import type { EvaluationRow } from '../results.js';
import { middleOf } from '../plan.js';
import { perSeed, sequentialKey, type Evidence, type OpenClaim } from './claim.js';

const objectives = [
  { measure: 'heldOutSft', name: 'held-out f_SFT' },
  { measure: 'heldOutDpo', name: 'held-out f_DPO' },
  { measure: 'sft', name: 'f_SFT' },
  { measure: 'dpo', name: 'f_DPO' },
] as const;

/**
 * Whether a schedule at λ = ½ learns at all: its held-out preference accuracy is above one half, and it ends with each
 * loss below where it started, held-out losses first.
 */
export function learningClaims({ comparison, scale, rows, ends, joint }: Evidence): OpenClaim[] {
  const lambda = middleOf(scale.lambdas);
  return [sequentialKey[comparison], ...joint].flatMap((schedule) => {
    const own = ends.filter((row) => row.schedule === schedule && row.lambda === lambda);
    const startOf = ({ seed }: EvaluationRow): EvaluationRow | undefined =>
      rows.find((row) => row.seed === seed && row.step === 0 && row.schedule === schedule && row.lambda === lambda);
    const common = { comparison, kind: 'learning', schedule } as const;
    const at = `${labelOf(schedule)} at λ = ${lambda}`;
    const accuracy: OpenClaim = {
      ...common,
      claim: `${at} prefers the chosen reply of more than half of the held-out pairs`,
      samples: perSeed(own, (of) => mean(of.map(({ heldOutAccuracy }) => heldOutAccuracy))),
      threshold: 0.5,
      resolution: 1 / scale.heldOutExamples,
      measured: (shown) => `accuracy ${shown}`,
    };
    return [
      accuracy,
      ...objectives.map(({ measure, name }): OpenClaim => {
        const fall = (row: EvaluationRow): number => (startOf(row)?.[measure] ?? NaN) - row[measure];
        const start = mean(own.map((row) => startOf(row)?.[measure] ?? NaN));
        return {
          ...common,
          claim: `${at} ends with ${name} below its start`,
          samples: perSeed(own, (of) => mean(of.map(fall))),
          threshold: 0,
          measured: (shown) =>
            `start − end = ${shown}, from ${significant(start, 4)} to ${significant(mean(own.map((row) => row[measure])), 4)}`,
        };
      }),
    ];
  });
}
