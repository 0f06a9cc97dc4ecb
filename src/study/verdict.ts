import { holm } from '../base/holm.js';
import { pairedTest } from '../base/paired-test.js';
import { significant } from '../base/text.js';

/** What the data say about a claim. */
export type Verdict = 'agrees' | 'disagrees' | 'undecided';

/** A claim that a number lies above a threshold, with what each seed found. */
export interface Hypothesis {
  readonly claim: string;
  /** The number, once for each seed: differences are taken within a seed, whose runs share data, start and order. */
  readonly samples: readonly number[];
  readonly threshold: number;
  /** How fine one seed measures it, where that is known: 1/N for a share of N pairs. */
  readonly resolution?: number;
}

/** A verdict and the test behind it. */
export interface Judgement {
  readonly verdict: Verdict;
  /** The p-value of the paired t-test, two-sided. */
  readonly pValue: number;
  /** The level of Holm's correction; the claim is decided exactly where the p-value is at most this. */
  readonly level: number;
}

/** The chance that an experiment of identical schedules decides any claim at all, at most. */
export const familyWiseError = 0.05;

/**
 * The one rule for verdicts: a two-sided paired t-test over seeds, with Holm's correction over all claims of the
 * experiment. A claim is decided where its p-value is at most its level: `agrees` with the mean above the threshold,
 * `disagrees` with it below.
 * @param further claims of the experiment that are judged elsewhere
 */
export function judged(hypotheses: readonly Hypothesis[], further = 0): Judgement[] {
  const tests = hypotheses.map(({ samples, ...settings }) => pairedTest(samples, settings));
  const corrected = holm(
    tests.map(({ pValue }) => pValue),
    { alpha: familyWiseError, further },
  );
  return tests.map(({ mean, pValue }, i) => verdictOf(mean > hypotheses[i].threshold, pValue, corrected[i].level));
}

/**
 * The rule for claims whose numbers are the clock's, which must not decide what is said about the others: each by itself
 * at α over the number of all claims. Together with `judged` on the others the error is at most α all the same: the
 * others are tested as if these never were rejected.
 */
export function judgedApart(hypotheses: readonly Hypothesis[], allClaims: number): Judgement[] {
  return hypotheses.map(({ samples, ...settings }) => {
    const { mean, pValue } = pairedTest(samples, settings);
    return verdictOf(mean > settings.threshold, pValue, familyWiseError / allClaims);
  });
}

function verdictOf(above: boolean, pValue: number, level: number): Judgement {
  const verdict = pValue > level ? 'undecided' : above ? 'agrees' : 'disagrees';
  return { verdict, pValue, level };
}

/** The test of a judgement, for a reader. */
export function shownTest({ pValue, level }: Judgement): string {
  return `p = ${significant(pValue, 2)}, level ${significant(level, 2)}`;
}
