import { realText } from '../experiments/real-text.js';
import { drawing } from '../src/figure/drawing.js';
import { aboveStart, drawTradeOff } from './trade-off.js';

/** The trade-off on hh-harmless and Alpaca. */
export const realTextFigure = drawing('real-text', realText, (results) => ({
  title: 'The trade-off on real text',
  caption:
    `Preferences of hh-harmless and demonstrations of Alpaca, ${results.examples} of each, under a log-linear policy on ` +
    `${results.dimension} hashed word n-grams: Mix and ALRIGHT come to the certified front where λ puts them, MAXRIGHT, ` +
    'choosing by minibatches, to points between, while most splits of Sequential end near the optimum of their second objective. ' +
    aboveStart(results),
  ...drawTradeOff(results, 'The trade-off on real text', `hh-harmless and Alpaca, d = ${results.dimension}`),
}));
