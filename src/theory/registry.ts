import type { Theorem } from './theorem.js';
import { alternatingAverage } from './statement/alternating-average.js';
import { alternatingCycle } from './statement/alternating-cycle.js';
import { alternatingLast } from './statement/alternating-last.js';
import { alrightAdaptive } from './statement/alright-adaptive.js';
import { alrightAverage } from './statement/alright-average.js';
import { alrightBest } from './statement/alright-best.js';
import { alrightDecaying } from './statement/alright-decaying.js';
import { alrightLast } from './statement/alright-last.js';
import { alrightLastLinear } from './statement/alright-last-linear.js';
import { alrightLastSteps } from './statement/alright-last-steps.js';
import { alrightProbable } from './statement/alright-probable.js';
import { alrightSmooth } from './statement/alright-smooth.js';
import { alrightStrong } from './statement/alright-strong.js';
import { conflictLeast } from './statement/conflict-least.js';
import { conflictMost } from './statement/conflict-most.js';
import { equalWork } from './statement/equal-work.js';
import { certificateHolds, certifiedMaximum, certifiedMinimum } from './statement/certified-minimum.js';
import { maxrightAdaptive } from './statement/maxright-adaptive.js';
import { maxrightBest } from './statement/maxright-best.js';
import { maxrightExact } from './statement/maxright-exact.js';
import { maxrightExpected } from './statement/maxright-expected.js';
import { maxrightFresh } from './statement/maxright-fresh.js';
import { maxrightLast } from './statement/maxright-last.js';
import { maxrightLastLinear } from './statement/maxright-last-linear.js';
import { maxrightOptimum } from './statement/maxright-optimum.js';
import { maxrightShared } from './statement/maxright-shared.js';
import { maxrightSharedBias } from './statement/maxright-shared-bias.js';
import { maxrightStale } from './statement/maxright-stale.js';
import { maxrightWeighted } from './statement/maxright-weighted.js';
import { maxrightWeightedFresh } from './statement/maxright-weighted-fresh.js';
import { maxrightWeightedLast } from './statement/maxright-weighted-last.js';
import { maxrightWeightedShared } from './statement/maxright-weighted-shared.js';
import { maxrightWeightedStale } from './statement/maxright-weighted-stale.js';
import { mixAverage } from './statement/mix-average.js';
import { mixBest } from './statement/mix-best.js';
import { mixLastLinear } from './statement/mix-last-linear.js';
import { mixLast } from './statement/mix-last.js';
import { mixLastSteps } from './statement/mix-last-steps.js';
import { mixSmooth } from './statement/mix-smooth.js';
import { mixSmoothLast } from './statement/mix-smooth-last.js';
import { mixStrong } from './statement/mix-strong.js';
import { quadraticRecursion } from './statement/quadratic-recursion.js';
import { sequentialFinite } from './statement/sequential-finite.js';
import { sequentialLimit } from './statement/sequential-limit.js';
import { sequentialMean } from './statement/sequential-mean.js';
import { worstAlright, worstLast, worstMaxright } from './statement/worst-function.js';
import { limitTerm } from './statement/limit-term.js';
import { limitTermBall } from './statement/limit-term-ball.js';
import { replayMean } from './statement/replay-mean.js';
import { replayLast } from './statement/replay-last.js';
import { limitReplay } from './statement/limit-replay.js';
import { wholeHessians } from './statement/whole-hessians.js';
import { averageBest } from './statement/average-best.js';
import { averageWeight } from './statement/average-weight.js';
import { subspaceLimit } from './statement/subspace.js';
import { checkpoint } from './statement/checkpoint.js';
import { checkpointLeast } from './statement/checkpoint-least.js';
import { mgdaSteps } from './statement/mgda-steps.js';
import { pcgradSteps } from './statement/pcgrad-steps.js';
import { stopsOnFront } from './statement/stops-on-front.js';
import { forgettingDivergence } from './statement/forgetting-divergence.js';
import { forgettingLeast } from './statement/forgetting-least.js';
import { forgettingMost } from './statement/forgetting-most.js';
import { divergenceTerm } from './statement/divergence-term.js';
import { budgetObjective } from './statement/budget-objective.js';
import { budgetFirst } from './statement/budget-first.js';
import { budgetGap } from './statement/budget-gap.js';
import { budgetProbable } from './statement/budget-probable.js';
import { tchebycheffMax } from './statement/tchebycheff-max.js';
import { tchebycheffSmooth } from './statement/tchebycheff-smooth.js';

/** Every theorem, in the order of docs/theory.md. A new one is a file of its own and a line here. */
export const theorems: readonly Theorem[] = [
  sequentialLimit,
  sequentialFinite,
  sequentialMean,
  conflictMost,
  conflictLeast,
  alrightAverage,
  alrightBest,
  alrightLast,
  alrightLastLinear,
  alrightLastSteps,
  alrightProbable,
  alrightAdaptive,
  alrightSmooth,
  alrightStrong,
  alrightDecaying,
  maxrightExact,
  maxrightBest,
  maxrightLast,
  maxrightLastLinear,
  maxrightAdaptive,
  maxrightStale,
  maxrightOptimum,
  maxrightWeighted,
  maxrightWeightedLast,
  maxrightWeightedStale,
  maxrightWeightedFresh,
  maxrightWeightedShared,
  maxrightFresh,
  maxrightExpected,
  maxrightShared,
  maxrightSharedBias,
  mixAverage,
  mixBest,
  mixLast,
  mixLastLinear,
  mixLastSteps,
  mixSmooth,
  mixSmoothLast,
  mixStrong,
  equalWork,
  alternatingAverage,
  alternatingLast,
  alternatingCycle,
  limitTerm,
  limitTermBall,
  replayMean,
  replayLast,
  limitReplay,
  wholeHessians,
  averageBest,
  averageWeight,
  subspaceLimit,
  checkpoint,
  checkpointLeast,
  mgdaSteps,
  pcgradSteps,
  stopsOnFront,
  forgettingDivergence,
  forgettingLeast,
  forgettingMost,
  divergenceTerm,
  budgetObjective,
  budgetFirst,
  budgetGap,
  budgetProbable,
  tchebycheffMax,
  tchebycheffSmooth,
  quadraticRecursion,
  worstAlright,
  worstMaxright,
  worstLast,
  certifiedMinimum,
  certifiedMaximum,
  certificateHolds,
];
