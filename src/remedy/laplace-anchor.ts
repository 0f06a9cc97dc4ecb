import { anchor } from './anchor.js';
import { needsNothing } from './remedy.js';

/** Laplace anchor: the distance is weighed by the first objective's Hessian, so that quadratics lose nothing of it. */
export const laplaceAnchor = anchor({
  name: 'laplace-anchor',
  label: 'Laplace anchor',
  description: 'as the L2 anchor, weighed by the Hessian of stage one',
  option: 'laplaceAnchor',
  matrix: (hessian) => hessian,
  vectors: (dimension) => dimension + 1,
  needs: { ...needsNothing, sftPrompts: true },
});
