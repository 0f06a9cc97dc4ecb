import { mix } from '../../schedule/mix.js';
import type { DescribedRun } from '../described-run.js';
import type { RunMeasure } from '../measure.js';
import type { ObjectiveBounds } from '../objective-bounds.js';
import { theorems } from '../registry.js';
import type { Setting } from '../subject.js';
import type { FunctionClass } from './function-class.js';
import { subgradient, type Iterate } from './names.js';
import type { WorstCaseQuestion } from './settings.js';

/** What the theory says of a worst case. */
export interface TheoryOfWorstCase {
  readonly value: number;
  /** 'tight': some function attains it; 'upper': none exceeds it. */
  readonly kind: 'tight' | 'upper';
}

/** The measures of a run that an iterate asks for. */
const measures: Readonly<Record<Iterate, readonly RunMeasure[]>> = {
  mean: ['meanGap', 'meanMaxGap'],
  average: ['averageGap', 'averageMaxGap'],
  best: ['bestGap', 'bestMaxGap'],
  last: ['gap', 'maxGap'],
};

/**
 * The least bound from above that the theorems give for every pair of the class, or undefined where none speaks of it.
 * The subgradient method is Mix with λ = 0.
 */
export function theory(question: WorstCaseQuestion): TheoryOfWorstCase | undefined {
  const { name, settings, lambda, stepSizes, iterate, functionClass, distance, kept } = question;
  const { split } = settings as Pick<DescribedRun, 'split'>;
  const run = {
    ...settings,
    schedule: name === subgradient ? mix.name : name,
    stepSizes,
    values: 'full',
    gradientBatch: 'fresh',
  } as const;
  const setting = classSetting(functionClass, lambda, distance);
  const asked: readonly RunMeasure[] =
    kept !== undefined
      ? ['averageSecondGap']
      : // Without a stage one the points of stage two are all points.
        [
          ...measures[iterate],
          ...(split?.[0] === 0 && measures[iterate].includes('meanGap') ? (['stageTwoGap'] as const) : []),
        ];
  let least: TheoryOfWorstCase | undefined;
  for (const theorem of theorems) {
    if (theorem.schedule !== run.schedule || (theorem.kind !== 'tight' && theorem.kind !== 'upper')) continue;
    if (!theorem.measures.some((measure) => asked.includes(measure))) continue;
    const applied = theorem.applies(setting, run);
    if ('reason' in applied) continue;
    const constants = applied.at(stepSizes.length);
    if (constants === undefined) continue;
    const value = theorem.value(constants);
    const kind = theorem.kind === 'tight' && theorem.isAttained(constants) ? 'tight' : 'upper';
    if (least === undefined || value < least.value || (value === least.value && kind === 'tight')) {
      least = { value, kind };
    }
  }
  return least;
}

/** The constants of every pair of a class, on R^d, without noise. */
function classSetting(functionClass: FunctionClass, lambda: number, distance: number): Setting {
  const lipschitz = functionClass.kind === 'lipschitz';
  const bounds: ObjectiveBounds = {
    gradientBound: lipschitz ? functionClass.lipschitz : Infinity,
    smoothness: lipschitz ? Infinity : functionClass.smoothness,
    strongConvexity: 0,
    noise: 0,
    valueError: 0,
    valueDeviation: 0,
  };
  const distances = { weightedSum: distance, chebyshev: distance };
  return { lambda, radius: Infinity, bounds: { dpo: bounds, sft: bounds }, distances };
}
