import { realModel } from '../experiments/real-model.js';
import { drawing } from '../src/figure/drawing.js';
import { aboveStart, drawTradeOff } from './trade-off.js';

/** The trade-off on hh-harmless and Alpaca under a policy on a language model's hidden states. */
export const realModelFigure = drawing('real-model', realModel, (results) => ({
  title: 'The trade-off on a language model’s features',
  caption:
    `Preferences of hh-harmless and demonstrations of Alpaca, ${results.examples} of each, under a policy that scores ` +
    `replies by a linear function of stories260K’s last hidden states (d = ${results.dimension}, ${results.candidates} candidate ` +
    'replies): the certified front is what training such a last layer alone can reach. ' +
    aboveStart(results),
  ...drawTradeOff(
    results,
    'The trade-off on a language model’s features',
    `hh-harmless and Alpaca, hidden states of stories260K, d = ${results.dimension}`,
  ),
}));
