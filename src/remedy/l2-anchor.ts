import { anchor } from './anchor.js';
import { needsNothing } from './remedy.js';

/** L2 anchor: stage two pays (κ/2)‖θ − θ_1‖² for leaving the end of stage one. */
export const l2Anchor = anchor({
  name: 'l2-anchor',
  label: 'L2 anchor',
  description: 'stage two on its objective + (κ/2)‖θ − θ_1‖²',
  option: 'l2Anchor',
  matrix: (hessian, dimension) => hessian.map((_, at) => (at % (dimension + 1) === 0 ? 1 : 0)),
  vectors: () => 1,
  needs: needsNothing,
});
