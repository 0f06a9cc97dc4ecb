import type { Drawing } from '../src/figure/drawing.js';
import { alternationFigure } from './alternation.js';
import { barsFigure } from './bars.js';
import { boundsFigure, boundsSupplementFigure } from './bounds.js';
import { budgetFigure } from './budget.js';
import { conflictFigure } from './conflict.js';
import { earlyStopFigure } from './early-stop.js';
import { forgettingFigure } from './forgetting.js';
import { gapVersusStepsFigure } from './gap-versus-steps.js';
import { lambdaSweepFigure } from './lambda-sweep.js';
import { landscapeFigure } from './landscape.js';
import { llmChoicesFigure } from './llm-choices.js';
import { llmCostFigure } from './llm-cost.js';
import { llmForgettingFigure } from './llm-forgetting.js';
import { llmGapsFigure } from './llm-gaps.js';
import { llmRemediesFigure } from './llm-remedies.js';
import { llmSensitivityFigure } from './llm-sensitivity.js';
import { llmTradeOffFigure } from './llm-trade-off.js';
import { noiseFloorFigure } from './noise-floor.js';
import { optimumErrorFigure } from './optimum-error.js';
import { periodFigure } from './period.js';
import { ratesFigure } from './rates.js';
import { realModelFigure } from './real-model.js';
import { realTextFigure } from './real-text.js';
import { remediesFigure } from './remedies.js';
import { remedyBarsFigure } from './remedy-bars.js';
import { tightnessFigure, tightnessSupplementFigure } from './tightness.js';
import { tradeOffFigure } from './trade-off.js';
import { theoryAndExperimentFigure } from './theory-and-experiment.js';
import { worstCaseFigure } from './worst-case.js';

/** The figures of the convex problems, in the order in which they are shown. A new one is a file and a line here. */
const convexDrawings: readonly Drawing[] = [
  remediesFigure,
  remedyBarsFigure,
  earlyStopFigure,
  budgetFigure,
  landscapeFigure,
  tradeOffFigure,
  gapVersusStepsFigure,
  forgettingFigure,
  barsFigure,
  lambdaSweepFigure,
  periodFigure,
  optimumErrorFigure,
  alternationFigure,
  conflictFigure,
  noiseFloorFigure,
  realTextFigure,
  realModelFigure,
  boundsFigure,
  boundsSupplementFigure,
  tightnessFigure,
  tightnessSupplementFigure,
  ratesFigure,
  worstCaseFigure,
];

/** Those of `forgetting llm experiment`. */
export const llmDrawings: readonly Drawing[] = [
  theoryAndExperimentFigure,
  llmTradeOffFigure,
  llmGapsFigure,
  llmForgettingFigure,
  llmCostFigure,
  llmChoicesFigure,
  llmSensitivityFigure,
];

/** Those of `forgetting llm experiment --remedies`. */
export const llmRemedyDrawings: readonly Drawing[] = [llmRemediesFigure];

/** Every figure. */
export const drawings: readonly Drawing[] = [...convexDrawings, ...llmDrawings, ...llmRemedyDrawings];
