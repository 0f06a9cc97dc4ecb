import { bootstrapped } from '../base/bootstrap.js';
import { grouped } from '../base/grouped.js';
import { mean, type Estimate } from '../base/statistics.js';
import type { Pair } from '../schedule/schedule.js';
import { perSeed } from './claim/claim.js';
import { heldOut, heldOutVolume, nonDominated } from './front.js';
import { comparisons, type Comparison } from './plan.js';
import { endsOf, type EvaluationRow } from './results.js';

/** Where a schedule ended for one λ, on held-out data. */
export interface HeldOutEnd {
  readonly schedule: string;
  readonly lambda: number;
  readonly dpo: Estimate;
  readonly sft: Estimate;
}

/** What the data would choose under a budget of forgetting, and how the choice does where it was not made. */
export interface BudgetChoice {
  /** The most held-out f_SFT that may be lost to the best of SFT alone, in nats. */
  readonly forgetAtMost: number;
  /** The choice of all seeds: the least held-out f_DPO within the budget; null where no end is within it. */
  readonly choice: Pick<HeldOutEnd, 'schedule' | 'lambda'> | null;
  /**
   * Every seed judges the choice of the others on its own data: what is lost of f_SFT and what f_DPO is there, and in how
   * many seeds the budget is kept; null with one seed, or where the others of some seed find none.
   */
  readonly judged: { readonly forgotten: Estimate; readonly dpo: Estimate; readonly kept: number } | null;
}

/** The measured front of a comparison, all on held-out data and in the mean over seeds. */
export interface MeasuredFront {
  readonly comparison: Comparison;
  /** The ends that no other end is as good as in both objectives and better in one, by increasing f_DPO. */
  readonly nonDominated: readonly HeldOutEnd[];
  /** For each schedule the area, in nats², that its ends dominate below the start. */
  readonly hypervolumes: readonly { readonly schedule: string; readonly hypervolume: Estimate }[];
  readonly budgets: readonly BudgetChoice[];
}

/** Budgets as shares of what SFT alone learns on held-out data, where none are given. */
const budgetShares = [0.1, 0.25, 0.5];

/**
 * The measured front of every comparison.
 * @param best for each seed the smallest held-out f_SFT that SFT alone came to
 * @param given budgets of one's own, in nats
 */
export function measuredFronts(
  steps: number,
  results: readonly EvaluationRow[],
  best: ReadonlyMap<number, number>,
  given?: readonly number[],
): MeasuredFront[] {
  return comparisons.map((comparison) => {
    const rows = results.filter((row) => row.comparison === comparison);
    const ends = endsOf(rows).filter((row) => row.steps === steps);
    const starts = new Map(rows.filter(({ step }) => step === 0).map((row) => [row.seed, row]));
    const groups = grouped(ends, ({ schedule, lambda }) => `${schedule} ${lambda}`);
    const points = groups.map((own) => ({
      ...{ schedule: own[0].schedule, lambda: own[0].lambda },
      ...{ dpo: mean(own.map(({ heldOutDpo }) => heldOutDpo)), sft: mean(own.map(({ heldOutSft }) => heldOutSft)) },
      own,
    }));
    const learnt = mean([...starts].map(([seed, { heldOutSft }]) => heldOutSft - (best.get(seed) ?? NaN)));
    return {
      comparison,
      nonDominated: nonDominated(points)
        .sort((a, b) => a.dpo - b.dpo)
        .map(({ own, schedule, lambda }) => ({
          ...{ schedule, lambda },
          dpo: bootstrapped(own.map(({ heldOutDpo }) => heldOutDpo)),
          sft: bootstrapped(own.map(({ heldOutSft }) => heldOutSft)),
        })),
      hypervolumes: grouped(ends, ({ schedule }) => schedule).map((own) => ({
        schedule: own[0].schedule,
        hypervolume: bootstrapped(
          perSeed(own, (of) => {
            const start = starts.get(of[0].seed);
            return start === undefined ? NaN : heldOutVolume(of, start);
          }),
        ),
      })),
      budgets: (given ?? budgetShares.map((share) => share * learnt)).map((budget) =>
        underBudget(groups, budget, best),
      ),
    };
  });
}

function underBudget(
  groups: readonly (readonly EvaluationRow[])[],
  forgetAtMost: number,
  best: ReadonlyMap<number, number>,
): BudgetChoice {
  const seeds = [...best.keys()];
  /** The ends that these seeds would choose, of all seeds. */
  const choose = (from: readonly number[]): readonly EvaluationRow[] | undefined => {
    const means = groups.map((own) => {
      const of = own.filter(({ seed }) => from.includes(seed));
      const pairs = of.map((row): Pair => ({
        dpo: heldOut(row).dpo,
        sft: heldOut(row).sft - (best.get(row.seed) ?? NaN),
      }));
      return { own, dpo: mean(pairs.map(({ dpo }) => dpo)), forgotten: mean(pairs.map(({ sft }) => sft)) };
    });
    const within = means.filter(({ forgotten }) => forgotten <= forgetAtMost);
    return within.length === 0 ? undefined : within.reduce((least, one) => (one.dpo < least.dpo ? one : least)).own;
  };
  const chosen = choose(seeds);
  const judges = seeds.map((seed) => choose(seeds.filter((other) => other !== seed))?.find((row) => row.seed === seed));
  const rows = judges.filter((row) => row !== undefined);
  const forgotten = rows.map(({ seed, heldOutSft }) => heldOutSft - (best.get(seed) ?? NaN));
  return {
    forgetAtMost,
    choice: chosen === undefined ? null : { schedule: chosen[0].schedule, lambda: chosen[0].lambda },
    judged:
      seeds.length < 2 || rows.length < seeds.length
        ? null
        : {
            forgotten: bootstrapped(forgotten),
            dpo: bootstrapped(rows.map(({ heldOutDpo }) => heldOutDpo)),
            kept: forgotten.filter((loss) => loss <= forgetAtMost).length,
          },
  };
}
