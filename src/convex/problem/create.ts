import type { ObjectiveName } from '../../schedule/schedule.js';
import type { ProblemData } from './data.js';
import { logLinearDpo } from './log-linear-dpo.js';
import { logLinearSft } from './log-linear-sft.js';
import type { Objective, ObjectivePair, Problem } from './problem.js';
import { quadraticObjective } from './quadratic.js';

/**
 * The problem that the data describes. Expressions need mathjs, which is loaded only for them.
 * With `checkConvexity`, expressions that are not convex on sampled chords are refused with an InputError.
 */
export async function createProblem(data: ProblemData, { checkConvexity = false } = {}): Promise<Problem> {
  const { dimension, start, radius } = data;
  const problem = {
    data,
    dimension,
    start,
    radius,
    objectives: await objectives(data, checkConvexity),
    conditionalOnConvexity: data.kind === 'expression',
  };
  created.add(problem);
  return problem;
}

const created = new WeakSet<ObjectivePair>();

/** Whether a pair is, in every part, what its data describes: as `createProblem` made it, and no variation of that. */
export function isAsDescribed(pair: ObjectivePair): pair is Problem {
  return created.has(pair);
}

async function objectives(data: ProblemData, checkConvexity: boolean): Promise<Record<ObjectiveName, Objective>> {
  const { dimension, radius } = data;
  switch (data.kind) {
    case 'quadratic':
      return {
        dpo: quadraticObjective(data.objectives.dpo, dimension, radius),
        sft: quadraticObjective(data.objectives.sft, dimension, radius),
      };
    case 'log-linear':
      return { dpo: logLinearDpo(data.dpo, data.reference, dimension), sft: logLinearSft(data.sft, dimension) };
    case 'expression': {
      const { checkConvexOnChords, expressionObjective } = await import('./expression.js');
      const pair = { dpo: expressionObjective(data, 'dpo'), sft: expressionObjective(data, 'sft') };
      if (checkConvexity) {
        checkConvexOnChords(pair.dpo, data, 'dpo');
        checkConvexOnChords(pair.sft, data, 'sft');
      }
      return pair;
    }
  }
}
