import type { Theorem } from './theorem.js';
import { alrightAverage } from './theorems/alright-average.js';
import { alrightLast } from './theorems/alright-last.js';
import { alrightLastLinear } from './theorems/alright-last-linear.js';
import { maxrightExact } from './theorems/maxright-exact.js';
import { mixAverage } from './theorems/mix-average.js';
import { mixLast } from './theorems/mix-last.js';

/** Every theorem, in the order of docs/theory.md. A new one is a file of its own and a line here. */
export const theorems: readonly Theorem[] = [
  alrightAverage,
  alrightLast,
  alrightLastLinear,
  maxrightExact,
  mixAverage,
  mixLast,
];
