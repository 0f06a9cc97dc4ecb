import { replay } from '../schedule/replay.js';
import { alrightBound, unboundedGradients } from './bounded-gradients.js';
import type { Constants } from './constants.js';
import { constantStep, constantSteps, firstStage, type DescribedRun } from './described-run.js';
import type { Extent } from './extent.js';
import { bothOrders, objectivesInOrder } from './sequential-limit.js';
import { isSubject, weightOf, type Setting, type Subject } from './subject.js';
import { alrightMethod, bestStep, notConstant } from './subgradient-method.js';
import type { Applied, NotApplicable, ProposedRun } from './theorem.js';

/**
 * What the statements on replay say of a run whose share ρ of the first objective is its weight: stage two is ALRIGHT from
 * where stage one ended, no farther from θ_λ* than the start by Σ α_t G_1, nor than any point of the ball.
 */
export function onReplay(own: (known: Constants & { alpha: number; D0: number; G: number; T_2: number }) => Constants) {
  return (setting: Setting, run: DescribedRun): Applied | NotApplicable => {
    const silence = unboundedGradients(setting);
    if (silence !== undefined) return silence;
    const { first } = objectivesInOrder(run.order);
    const weight = weightOf(setting)[first];
    if (run.replay !== undefined && run.replay !== weight)
      return { reason: 'the share that is replayed is not the weight of the first objective' };
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    const n_1 = firstStage(run);
    const farthest = isSubject(setting) ? setting.radius + Math.hypot(...setting.weightedSum.minimizer) : Infinity;
    const travelled = setting.distances.weightedSum + n_1 * alpha * setting.bounds[first].gradientBound;
    const known = { alpha, n_1, D0: n_1 === 0 ? travelled : Math.min(farthest, travelled), G: alrightBound(setting) };
    return {
      at(T) {
        const T_2 = T - n_1;
        return T_2 < 1 ? undefined : { ...known, T_2, ...own({ ...known, T_2 }) };
      },
    };
  };
}

/** Runs from the end of stage one, which the start stands for, and runs of halves. */
export function replayRuns(subject: Subject, { steps }: Extent): ProposedRun[] {
  return steps.flatMap((T) =>
    bothOrders.flatMap(({ order }) =>
      [0, Math.ceil(T / 2)].flatMap((n_1) =>
        T - n_1 < 1
          ? []
          : [
              {
                schedule: replay.name,
                stepSizes: constantSteps(bestStep(alrightMethod, subject, T - n_1), T),
                order,
                split: [n_1, T - n_1] as const,
                variant: `${order}, stage one of ${n_1} steps`,
              },
            ],
      ),
    ),
  );
}
