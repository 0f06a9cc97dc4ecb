import { freeQuadratics } from './free-quadratics.js';
import type { Subject } from './subject.js';

/** Whether a subject is f_DPO = ½(θ − 1)², f_SFT = ½(θ + 1)² on the line, whose every optimum is known. */
export function isOppositePair(subject: Subject): boolean {
  const data = freeQuadratics(subject);
  if (data?.dimension !== 1) return false;
  const { dpo, sft } = data.objectives;
  return dpo.hessian[0] === 1 && sft.hessian[0] === 1 && dpo.minimizer[0] === 1 && sft.minimizer[0] === -1;
}
