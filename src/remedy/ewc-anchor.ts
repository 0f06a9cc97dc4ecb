import { anchor } from './anchor.js';
import { needsNothing } from './remedy.js';

/** EWC anchor (Kirkpatrick and others 2017): the distance is weighed by the diagonal of the first objective's Hessian. */
export const ewcAnchor = anchor({
  name: 'ewc-anchor',
  label: 'EWC anchor',
  description: 'as the L2 anchor, weighed by the diagonal of the Hessian of stage one',
  option: 'ewcAnchor',
  matrix: (hessian, dimension) => hessian.map((entry, at) => (at % (dimension + 1) === 0 ? entry : 0)),
  vectors: () => 2,
  needs: { ...needsNothing, sftPrompts: true },
});
