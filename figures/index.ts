import type { Drawing } from '../src/figure/drawing.js';
import { barsFigure } from './bars.js';
import { boundsFigure } from './bounds.js';
import { conflictFigure } from './conflict.js';
import { forgettingFigure } from './forgetting.js';
import { gapVersusStepsFigure } from './gap-versus-steps.js';
import { lambdaSweepFigure } from './lambda-sweep.js';
import { landscapeFigure } from './landscape.js';
import { noiseFloorFigure } from './noise-floor.js';
import { periodFigure } from './period.js';
import { ratesFigure } from './rates.js';
import { realTextFigure } from './real-text.js';
import { tightnessFigure } from './tightness.js';
import { tradeOffFigure } from './trade-off.js';
import { worstCaseFigure } from './worst-case.js';

/** Every figure, in the order in which they are shown. A new one is a file of its own and a line here. */
export const drawings: readonly Drawing[] = [
  landscapeFigure,
  tradeOffFigure,
  gapVersusStepsFigure,
  forgettingFigure,
  barsFigure,
  lambdaSweepFigure,
  periodFigure,
  conflictFigure,
  noiseFloorFigure,
  realTextFigure,
  boundsFigure,
  tightnessFigure,
  ratesFigure,
  worstCaseFigure,
];
