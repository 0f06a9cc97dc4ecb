import { bootstrapped } from '../../base/bootstrap.js';
import { comparisons } from '../plan.js';
import { endsOf, type EvaluationRow } from '../results.js';
import type { ExperimentScale } from '../settings.js';
import { judged } from '../verdict.js';
import { shownEstimate, type Claim, type Evidence, type OpenClaim } from './claim.js';
import { forgettingClaims } from './forgetting.js';
import { learningClaims } from './learning.js';
import { persistenceClaims } from './persistence.js';
import { scheduleClaims } from './schedules.js';

/** Every kind of claim that does not ask the clock. A new one is a file of its own and a word here. */
const kinds: readonly ((evidence: Evidence) => OpenClaim[])[] = [
  learningClaims,
  forgettingClaims,
  scheduleClaims,
  persistenceClaims,
];

/** What an experiment's claims are, those on cost apart, before the data are asked. */
export function openClaims(
  scale: Pick<ExperimentScale, 'steps' | 'lambdas' | 'heldOutExamples'>,
  results: readonly EvaluationRow[],
): OpenClaim[] {
  return comparisons.flatMap((comparison) => {
    const rows = results.filter((row) => row.comparison === comparison);
    const ends = endsOf(rows).filter(({ steps }) => steps === scale.steps);
    const joint = [...new Set(ends.filter(({ dpoShare }) => dpoShare === null).map(({ schedule }) => schedule))];
    return kinds.flatMap((claims) => claims({ comparison, scale, rows, ends, joint }));
  });
}

/**
 * What the data say about each claim.
 * @param further claims of the experiment that are judged elsewhere: those on cost
 */
export function claimsOf(
  { scale }: { readonly scale: Pick<ExperimentScale, 'steps' | 'lambdas' | 'heldOutExamples'> },
  results: readonly EvaluationRow[],
  further = 0,
): Claim[] {
  const open = openClaims(scale, results);
  const judgements = judged(open, further);
  return open.map((claim, i) => shownClaim(claim, judgements[i]));
}

/** A claim with its verdict and the numbers for a reader. */
export function shownClaim(
  { comparison, kind, schedule, claim, samples, threshold, measured }: OpenClaim,
  judgement: ReturnType<typeof judged>[number],
): Claim {
  const estimate = bootstrapped(samples);
  return {
    comparison,
    kind,
    ...(schedule !== undefined && { schedule }),
    claim,
    ...judgement,
    estimate,
    threshold,
    measured: measured(shownEstimate(estimate)),
  };
}
