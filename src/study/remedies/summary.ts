import { bootstrapped } from '../../base/bootstrap.js';
import { grouped } from '../../base/grouped.js';
import { mean, type Estimate } from '../../base/statistics.js';
import { significant } from '../../base/text.js';
import type { Pair } from '../../schedule/schedule.js';
import { shownEstimate } from '../claim/claim.js';
import { judged, shownTest, type Hypothesis, type Judgement } from '../verdict.js';
import type { RemedySettings } from './plan.js';
import type { RemedyKey, TrainedRemedyRow } from './results.js';
import type { ConvexPlace, TrainedRemedy } from './trained-remedy.js';
import { yardstick } from './trained-remedies.js';

const measures = [
  ...(['dpo', 'sft', 'weightedSum', 'heldOutDpo', 'heldOutSft', 'heldOutWeightedSum', 'heldOutAccuracy'] as const),
];
type RemedyMeasure = (typeof measures)[number];

/** What a remedy hands over with one value of its parameter: means over the seeds, with bootstrap intervals. */
export type RemedySummaryRow = Omit<RemedyKey, 'seed' | 'steps'> & Readonly<Record<RemedyMeasure, Estimate>>;

/** What the data say of a remedy beside the yardstick. */
export interface RemedyClaim extends Judgement, Pick<Hypothesis, 'claim'> {
  readonly remedy: string;
  readonly lambda: number;
  readonly about: 'held-out F_λ' | 'F_λ' | 'held-out F_λ, tuned';
  /** The mean difference over seeds, for display with its bootstrap interval. */
  readonly estimate: Estimate;
  readonly measured: string;
}

/** The value of a remedy's parameter that is best on held-out data in hindsight. */
export interface Hindsight extends Pick<RemedyKey, 'remedy' | 'value' | 'lambda'> {
  /** Its held-out F_λ less the yardstick's with the value of theory. It was chosen by this number, and is too good by that. */
  readonly difference: Estimate;
  /** The same for each seed. */
  readonly differences: readonly number[];
}

/** Where a remedy stands here and in the convex model. */
export interface RemedyPlace {
  readonly remedy: string;
  readonly lambda: number;
  readonly convex: ConvexPlace;
  /**
   * Whether it misses the yardstick's held-out F_λ even with the value that is best in hindsight: as the claim on that
   * says, or of a remedy without a parameter the one on its end.
   */
  readonly here: 'misses' | 'does not miss' | 'undecided';
  /** In one sentence. */
  readonly said: string;
}

/** What ends are measured by beside the start. */
export type RemedyReferences = Readonly<Record<'untrained' | 'uniformGuess', ReferenceMeasures>>;

type ReferenceMeasures = Readonly<Record<Exclude<RemedyMeasure, 'weightedSum' | 'heldOutWeightedSum'>, number>>;

/** All that a comparison of remedies says, except for what it cost. */
export interface RemedySummary {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly optima: Pair;
  readonly labels: Readonly<Record<string, string>>;
  /** Both losses where every run begins. */
  readonly start: Readonly<Record<RemedyMeasure, Estimate>>;
  /** A model of random weights, and one to which every token is as likely. */
  readonly references: RemedyReferences;
  readonly rows: readonly RemedySummaryRow[];
  readonly claims: readonly RemedyClaim[];
  readonly hindsight: readonly Hindsight[];
  readonly places: readonly RemedyPlace[];
}

/** The summary of a comparison's rows. */
export function summariseRemedies(
  settings: Readonly<Record<string, unknown>>,
  { scale }: Pick<RemedySettings, 'scale'>,
  remedies: readonly TrainedRemedy[],
  measured: {
    readonly optima: Pair;
    readonly rows: readonly TrainedRemedyRow[];
    readonly references: RemedyReferences;
  },
): RemedySummary {
  const { optima, rows, references } = measured;
  const ends = rows.filter(({ role }) => role === 'end');
  const starts = rows.filter(({ role, step, remedy }) => role === 'path' && step === 0 && remedy === yardstick);
  const hindsight = scale.lambdas.flatMap((lambda) => hindsightAt(remedies, ends, lambda));
  const open = scale.lambdas.flatMap((lambda) => openClaims(remedies, ends, hindsight, lambda));
  const judgements = judged(open);
  const claims = open.map(({ samples, remedy, lambda, claim, about }, i): RemedyClaim => {
    const found = bootstrapped(samples);
    const measured = `difference ${shownEstimate(found)} nats (${shownTest(judgements[i])})`;
    return { remedy, lambda, about, claim, ...judgements[i], estimate: found, measured };
  });
  return {
    settings,
    optima,
    labels: Object.fromEntries(remedies.map(({ name, label }) => [name, label])),
    start: estimates(starts),
    references,
    rows: grouped(ends, ({ remedy, value, lambda }) => JSON.stringify([remedy, value, lambda])).map((own) => {
      const [{ remedy, value, chosen, lambda }] = own;
      return { remedy, value, chosen, lambda, ...estimates(own) };
    }),
    claims,
    hindsight,
    places: scale.lambdas.flatMap((lambda) => placesAt(remedies, claims, hindsight, lambda)),
  };
}

function estimates(rows: readonly TrainedRemedyRow[]): Readonly<Record<RemedyMeasure, Estimate>> {
  return Object.fromEntries(
    measures.map((name) => [name, bootstrapped(rows.map((row) => row[name]))]),
  ) as unknown as Readonly<Record<RemedyMeasure, Estimate>>;
}

type OpenRemedyClaim = Hypothesis & Pick<RemedyClaim, 'remedy' | 'lambda' | 'about'>;

function openClaims(
  remedies: readonly TrainedRemedy[],
  ends: readonly TrainedRemedyRow[],
  hindsight: readonly Hindsight[],
  lambda: number,
): OpenRemedyClaim[] {
  const here = ends.filter((row) => row.lambda === lambda);
  const of = (remedy: string): TrainedRemedyRow[] => here.filter((row) => row.remedy === remedy);
  const chosenOf = (remedy: string): TrainedRemedyRow[] => of(remedy).filter(({ chosen }) => chosen !== 'curve');
  const base = remedies.find(({ name }) => name === yardstick);
  if (base === undefined) return [];
  const others = remedies.filter(({ name }) => name !== yardstick);
  return others.flatMap(({ name, label }): OpenRemedyClaim[] => {
    const differences = (measure: RemedyMeasure): number[] =>
      chosenOf(name).map((row) => {
        const beside = chosenOf(yardstick).find(({ seed }) => seed === row.seed);
        return row[measure] - (beside?.[measure] ?? NaN);
      });
    const above = (about: 'held-out F_λ' | 'F_λ', measure: RemedyMeasure): OpenRemedyClaim => ({
      ...{ remedy: name, lambda, about, threshold: 0 },
      claim: `${label} ends with a larger ${about} than ${base.label}`,
      samples: differences(measure),
    });
    const tuned = hindsight.find((one) => one.remedy === name && one.lambda === lambda);
    return [
      above('held-out F_λ', 'heldOutWeightedSum'),
      above('F_λ', 'weightedSum'),
      ...(tuned === undefined || tuned.value === null
        ? []
        : [
            {
              ...{ remedy: name, lambda, about: 'held-out F_λ, tuned' as const, threshold: 0 },
              claim: `${label} ends with a larger held-out F_λ than ${base.label} even with the value that is best in hindsight`,
              samples: tuned.differences,
            },
          ]),
    ];
  });
}

function hindsightAt(
  remedies: readonly TrainedRemedy[],
  ends: readonly TrainedRemedyRow[],
  lambda: number,
): Hindsight[] {
  const here = ends.filter((row) => row.lambda === lambda);
  const base = here.filter(({ remedy, chosen }) => remedy === yardstick && chosen !== 'curve');
  return remedies.map(({ name }) => {
    const groups = grouped(
      here.filter(({ remedy }) => remedy === name),
      ({ value }) => String(value),
    );
    const average = (rows: readonly TrainedRemedyRow[]): number => mean(rows.map((row) => row.heldOutWeightedSum));
    const best = groups.reduce((least, rows) => (average(rows) < average(least) ? rows : least));
    const differences = best.map(
      (row) => row.heldOutWeightedSum - (base.find(({ seed }) => seed === row.seed)?.heldOutWeightedSum ?? NaN),
    );
    return { remedy: name, value: best[0].value, lambda, difference: bootstrapped(differences), differences };
  });
}

function placesAt(
  remedies: readonly TrainedRemedy[],
  claims: readonly RemedyClaim[],
  hindsight: readonly Hindsight[],
  lambda: number,
): RemedyPlace[] {
  return remedies.flatMap(({ name, label, convex }): RemedyPlace[] => {
    if (name === yardstick || convex === undefined) return [];
    const own = claims.filter((claim) => claim.remedy === name && claim.lambda === lambda && claim.about !== 'F_λ');
    const deciding = own.find(({ about }) => about === 'held-out F_λ, tuned') ?? own[0];
    const here = ({ agrees: 'misses', disagrees: 'does not miss', undecided: 'undecided' } as const)[deciding.verdict];
    const best = hindsight.find((one) => one.remedy === name && one.lambda === lambda);
    const numbers = own.map(({ about, estimate, pValue }) => {
      const how = about === 'held-out F_λ, tuned' ? `tuned, at ${best?.value ?? ''}, ` : '';
      return `${how}${signed(estimate.mean)}, p = ${significant(pValue, 2)}`;
    });
    return [{ remedy: name, lambda, convex, here, said: `${label}: ${convex}; here ${here} (${numbers.join('; ')})` }];
  });
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${significant(Math.abs(value), 3)}`;
}
