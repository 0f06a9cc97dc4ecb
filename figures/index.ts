import type { Drawing } from '../src/figure/drawing.js';
import { gapVersusStepsFigure } from './gap-versus-steps.js';

/** Every figure, in the order in which they are shown. A new one is a file of its own and a line here. */
export const drawings: readonly Drawing[] = [gapVersusStepsFigure];
