import type { Theorem } from './theorem.js';
import { alrightAverage } from './statement/alright-average.js';
import { alrightBest } from './statement/alright-best.js';
import { alrightDecaying } from './statement/alright-decaying.js';
import { alrightLast } from './statement/alright-last.js';
import { alrightLastLinear } from './statement/alright-last-linear.js';
import { alrightSmooth } from './statement/alright-smooth.js';
import { alrightStrong } from './statement/alright-strong.js';
import { certificateHolds, certifiedMaximum, certifiedMinimum } from './statement/certified-minimum.js';
import { maxrightBest } from './statement/maxright-best.js';
import { maxrightExact } from './statement/maxright-exact.js';
import { maxrightExpected } from './statement/maxright-expected.js';
import { maxrightFresh } from './statement/maxright-fresh.js';
import { maxrightShared } from './statement/maxright-shared.js';
import { maxrightSharedBias } from './statement/maxright-shared-bias.js';
import { maxrightStale } from './statement/maxright-stale.js';
import { maxrightWeighted } from './statement/maxright-weighted.js';
import { mixAverage } from './statement/mix-average.js';
import { mixBest } from './statement/mix-best.js';
import { mixLastLinear } from './statement/mix-last-linear.js';
import { mixLast } from './statement/mix-last.js';
import { mixSmooth } from './statement/mix-smooth.js';
import { mixSmoothLast } from './statement/mix-smooth-last.js';
import { mixStrong } from './statement/mix-strong.js';
import { quadraticRecursion } from './statement/quadratic-recursion.js';
import { sequentialFinite } from './statement/sequential-finite.js';
import { sequentialLimit } from './statement/sequential-limit.js';
import { sequentialMean } from './statement/sequential-mean.js';
import { worstAlright, worstLast, worstMaxright } from './statement/worst-function.js';

/** Every theorem, in the order of docs/theory.md. A new one is a file of its own and a line here. */
export const theorems: readonly Theorem[] = [
  sequentialLimit,
  sequentialFinite,
  sequentialMean,
  alrightAverage,
  alrightBest,
  alrightLast,
  alrightLastLinear,
  alrightSmooth,
  alrightStrong,
  alrightDecaying,
  maxrightExact,
  maxrightBest,
  maxrightStale,
  maxrightWeighted,
  maxrightFresh,
  maxrightExpected,
  maxrightShared,
  maxrightSharedBias,
  mixAverage,
  mixBest,
  mixLast,
  mixLastLinear,
  mixSmooth,
  mixSmoothLast,
  mixStrong,
  quadraticRecursion,
  worstAlright,
  worstMaxright,
  worstLast,
  certifiedMinimum,
  certifiedMaximum,
  certificateHolds,
];
