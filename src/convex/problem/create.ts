import type { ObjectiveName } from '../../schedule/schedule.js';
import type { ProblemData } from './data.js';
import { logLinearDpo } from './log-linear-dpo.js';
import { logLinearSft } from './log-linear-sft.js';
import type { Convexity, Objective, ObjectivePair, Problem } from './problem.js';
import { quadraticObjective } from './quadratic.js';

/**
 * The problem that the data describes. Expressions need mathjs, which is loaded only for them.
 * With `checkConvexity`, expressions that are not finite and convex on sampled chords are refused with an InputError.
 */
export async function createProblem(data: ProblemData, { checkConvexity = false } = {}): Promise<Problem> {
  const { dimension, start, radius } = data;
  const { dpo, sft, convexity = 'proved' } = await objectives(data, checkConvexity);
  const problem: Problem = {
    data,
    dimension,
    start,
    radius,
    objectives: { dpo, sft },
    convexity,
    conditionalOnConvexity: convexity === 'sampled',
  };
  created.add(problem);
  return problem;
}

const created = new WeakSet<ObjectivePair>();

/** Whether a pair is, in every part, what its data describes: as `createProblem` made it, and no variation of that. */
export function isAsDescribed(pair: ObjectivePair): pair is Problem {
  return created.has(pair);
}

/** Both objectives, and whether their convexity is proved where it does not go without saying. */
async function objectives(
  data: ProblemData,
  checkConvexity: boolean,
): Promise<Record<ObjectiveName, Objective> & { convexity?: Convexity }> {
  const { dimension, radius } = data;
  switch (data.kind) {
    case 'quadratic':
      return {
        dpo: quadraticObjective(data.objectives.dpo, dimension, radius),
        sft: quadraticObjective(data.objectives.sft, dimension, radius),
      };
    case 'log-linear':
      return { dpo: logLinearDpo(data.dpo, data.reference, data), sft: logLinearSft(data.sft, dimension) };
    case 'expression': {
      const { expressionObjective } = await import('./expression.js');
      const [dpo, sft] = [expressionObjective(data, 'dpo'), expressionObjective(data, 'sft')];
      if (checkConvexity) {
        const { checkOnChords } = await import('./convexity.js');
        checkOnChords(dpo, data, 'dpo');
        checkOnChords(sft, data, 'sft');
      }
      const proved = dpo.convexity === 'proved' && sft.convexity === 'proved';
      return { dpo, sft, convexity: proved ? 'proved' : 'sampled' };
    }
  }
}
