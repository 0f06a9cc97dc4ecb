import type { Theorem } from './theorem.js';
import { alrightAverage } from './theorems/alright-average.js';
import { alrightDecaying } from './theorems/alright-decaying.js';
import { alrightLast } from './theorems/alright-last.js';
import { alrightLastLinear } from './theorems/alright-last-linear.js';
import { alrightSmooth } from './theorems/alright-smooth.js';
import { alrightStrong } from './theorems/alright-strong.js';
import { certificateHolds, certifiedMaximum, certifiedMinimum } from './theorems/certified-minimum.js';
import { maxrightExact } from './theorems/maxright-exact.js';
import { maxrightExpected } from './theorems/maxright-expected.js';
import { maxrightFresh } from './theorems/maxright-fresh.js';
import { maxrightShared } from './theorems/maxright-shared.js';
import { maxrightSharedBias } from './theorems/maxright-shared-bias.js';
import { maxrightStale } from './theorems/maxright-stale.js';
import { maxrightWeighted } from './theorems/maxright-weighted.js';
import { mixAverage } from './theorems/mix-average.js';
import { mixLast } from './theorems/mix-last.js';
import { mixSmooth } from './theorems/mix-smooth.js';
import { mixStrong } from './theorems/mix-strong.js';
import { quadraticRecursion } from './theorems/quadratic-recursion.js';
import { alrightRate, maxrightRate, sequentialRate } from './theorems/rates.js';
import { sequentialFinite, sequentialMean } from './theorems/sequential-finite.js';
import { sequentialLimit } from './theorems/sequential-limit.js';
import { worstAlright, worstLast, worstMaxright } from './theorems/worst-function.js';

/** Every theorem, in the order of docs/theory.md. A new one is a file of its own and a line here. */
export const theorems: readonly Theorem[] = [
  sequentialLimit,
  sequentialFinite,
  sequentialMean,
  sequentialRate,
  alrightAverage,
  alrightLast,
  alrightLastLinear,
  alrightSmooth,
  alrightStrong,
  alrightDecaying,
  alrightRate,
  maxrightExact,
  maxrightStale,
  maxrightWeighted,
  maxrightFresh,
  maxrightExpected,
  maxrightShared,
  maxrightSharedBias,
  maxrightRate,
  mixAverage,
  mixLast,
  mixSmooth,
  mixStrong,
  quadraticRecursion,
  worstAlright,
  worstMaxright,
  worstLast,
  certifiedMinimum,
  certifiedMaximum,
  certificateHolds,
];
