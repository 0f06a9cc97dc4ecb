import { alternating } from '../schedule/alternating.js';
import { mixBound, unboundedGradients } from './bounded-gradients.js';
import type { Constants } from './constants.js';
import { constantStep, constantSteps, type DescribedRun } from './described-run.js';
import { objectivesInOrder } from './sequential-limit.js';
import { weightOf, type Setting, type Subject } from './subject.js';
import { bestStep, methodConstants, notConstant, type Method } from './subgradient-method.js';
import type { Applied, NotApplicable, ProposedRun } from './theorem.js';

/** A cycle of alternating stages is like one step of Mix, n times as long. */
const cycleMethod: Method = { schedule: alternating, minimises: 'weightedSum', gradientBound: mixBound };

/** n: the steps of a cycle, where all have as many and the stages are exactly as long as their weights. */
export function cycleLength({ lambda }: Setting, { stepSizes, cycles = 10, order }: DescribedRun): number | undefined {
  const n = stepSizes.length / cycles;
  const first = weightOf({ lambda })[objectivesInOrder(order).first] * n;
  return Number.isInteger(n) && Math.abs(first - Math.round(first)) < 1e-9 ? n : undefined;
}

/** Said of cycles whose lengths are rounded. */
export const unevenCycles: NotApplicable = {
  reason: 'it needs cycles whose stages are exactly as long as their weights',
};

/** What the statements on cycles say of a run with constant steps: constants after whole cycles. */
export function onCycles(
  own: (known: { alpha: number; n: number; C: number; D0: number; G: number }) => Constants = () => ({}),
) {
  return (setting: Setting, run: DescribedRun): Applied | NotApplicable => {
    const silence = unboundedGradients(setting);
    if (silence !== undefined) return silence;
    const n = cycleLength(setting, run);
    if (n === undefined) return unevenCycles;
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    const known = { ...methodConstants(cycleMethod, setting), alpha, n };
    return {
      at(T) {
        const C = T / n;
        return Number.isInteger(C) ? { ...known, C, ...own({ ...known, C }) } : undefined;
      },
    };
  };
}

/** Runs of 4 and of 16 cycles, as short as the weights allow, in both orders, with the α that makes the bound least. */
export function cycleRuns(subject: Subject): ProposedRun[] {
  const { lambda } = subject;
  const n =
    lambda === 0 || lambda === 1 ? 2 : ([2, 4, 5, 10, 100].find((length) => Number.isInteger(lambda * length)) ?? 100);
  return [4, 16].flatMap((cycles) =>
    (['sft-dpo', 'dpo-sft'] as const).map((order) => ({
      schedule: alternating.name,
      stepSizes: constantSteps(bestStep(cycleMethod, subject, cycles) / n, cycles * n),
      cycles,
      order,
      variant: `${cycles} cycles, ${order}`,
    })),
  );
}
