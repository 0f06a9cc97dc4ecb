import { mean } from '../../base/statistics.js';
import { paper } from '../../schedule/key.js';
import { labelOf } from '../../schedule/recognise.js';
import { heldOutVolume } from '../front.js';
import type { EvaluationRow } from '../results.js';
import { perSeed, sequentialKey, type Evidence, type OpenClaim } from './claim.js';

/** What schedules are compared by at their ends, in the mean over λ: all of them better the smaller they are. */
const measures = {
  'held-out F_λ': ({ lambda, heldOutDpo, heldOutSft }) => lambda * heldOutDpo + (1 - lambda) * heldOutSft,
  'trade-off gap': ({ gap }) => gap,
  'normalised ideal distance': ({ normalizedIdealDistance }) => normalizedIdealDistance,
  F_max: ({ maxGap }) => maxGap,
} satisfies Record<string, (row: EvaluationRow) => number>;

/** Whether the joint schedules end better than Sequential with the same share of DPO steps, and MAXRIGHT than ALRIGHT. */
export function scheduleClaims(evidence: Evidence): OpenClaim[] {
  const { comparison, joint } = evidence;
  const sequential = sequentialKey[comparison];
  const both = [paper.alright, paper.maxright].every((key) => joint.includes(key));
  return [
    ...joint.flatMap((schedule) => [
      smaller(evidence, schedule, sequential, 'held-out F_λ'),
      largerVolume(evidence, schedule, sequential),
      smaller(evidence, schedule, sequential, 'trade-off gap'),
      smaller(evidence, schedule, sequential, 'normalised ideal distance'),
    ]),
    ...(both
      ? [
          smaller(evidence, paper.maxright, paper.alright, 'normalised ideal distance'),
          smaller(evidence, paper.maxright, paper.alright, 'F_max'),
        ]
      : []),
  ];
}

function smaller(
  { comparison, ends }: Evidence,
  schedule: string,
  other: string,
  name: keyof typeof measures,
): OpenClaim {
  const measure = measures[name];
  const average = (rows: readonly EvaluationRow[], key: string): number =>
    mean(rows.filter((row) => row.schedule === key).map(measure));
  const lambdas = [...new Set(ends.filter((row) => row.schedule === schedule).map(({ lambda }) => lambda))];
  const below = lambdas.filter((lambda) => {
    const there = ends.filter((row) => row.lambda === lambda);
    return average(there, schedule) < average(there, other);
  });
  const [label, otherLabel] = [labelOf(schedule), labelOf(other)];
  return {
    comparison,
    kind: 'schedules',
    schedule,
    claim: `${label} ends with a smaller ${name} than ${otherLabel}`,
    samples: perSeed(ends, (own) => average(own, other) - average(own, schedule)),
    threshold: 0,
    measured: (shown) =>
      `${otherLabel} − ${label} = ${shown}, mean over λ; smaller at ${below.length} of ${lambdas.length} λ`,
  };
}

/** Whether the ends of all λ together dominate a larger part of what lies below the start, on held-out data. */
function largerVolume({ comparison, ends, rows }: Evidence, schedule: string, other: string): OpenClaim {
  const starts = rows.filter(({ step }) => step === 0);
  const volume = (own: readonly EvaluationRow[], key: string): number => {
    const start = starts.find(({ seed }) => seed === own[0].seed);
    const points = own.filter((row) => row.schedule === key);
    return start === undefined ? NaN : heldOutVolume(points, start);
  };
  const [label, otherLabel] = [labelOf(schedule), labelOf(other)];
  return {
    comparison,
    kind: 'schedules',
    schedule,
    claim: `${label} dominates a larger held-out hypervolume than ${otherLabel}`,
    samples: perSeed(ends, (own) => volume(own, schedule) - volume(own, other)),
    threshold: 0,
    measured: (shown) => `${label} − ${otherLabel} = ${shown} nats², below the start`,
  };
}
