import type { Theorem } from '../theorem.js';
import { alrightRate, maxrightRate, sequentialRate } from './rates.js';

/** What is measured on stated problems and proved for none: it has a theorem's form, and is listed apart. */
export const observations: readonly Theorem[] = [sequentialRate, alrightRate, maxrightRate];
