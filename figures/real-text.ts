import { realText } from '../experiments/real-text.js';
import { drawing } from '../src/figure/drawing.js';
import { drawTradeOff } from './trade-off.js';

/** The trade-off on hh-harmless and Alpaca. */
export const realTextFigure = drawing('real-text', realText, (results) => ({
  title: 'The trade-off on real text',
  caption:
    `Demonstrations of Alpaca and preferences of hh-harmless, ${results.examples} of each, under a log-linear policy on ` +
    `${results.dimension} hashed word n-grams: the schedules keep the order that they have on synthetic data.`,
  ...drawTradeOff(results, 'The trade-off on real text', `hh-harmless and Alpaca, d = ${results.dimension}`),
}));
