import { logLinearSft } from '../convex/problem/log-linear-sft.js';
import { exampleCount, newFeatureRows, readRow, writeRow } from '../convex/problem/feature-rows.js';
import { newArena } from '../convex/problem/arena.js';
import type { Objective } from '../convex/problem/problem.js';
import { strength } from './anchor.js';
import { missingPolicy, policyOf } from './log-linear.js';
import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { changedOutputs } from './runs.js';
import { once, type ProblemStages } from './setup.js';
import type { BeginningRun, ChangeFrom } from './stage-two-change.js';
import { limitWithTerm, termOf } from './stage-two.js';

const weight = strength('chosenNll', 'the NLL of the chosen replies', () => 1, 'a');

/**
 * NLL on chosen (RPO, Llama 3): stage two on f_DPO + a f_C, f_C the mean of −log π_θ(chosen | x). A problem file knows two
 * candidates of a preference's prompt, the chosen and the rejected reply, and the policy is that over these two.
 */
export const chosenNll: Remedy<number> = {
  name: 'chosen-nll',
  label: 'NLL on chosen',
  description: 'stage two on f_DPO + a × the NLL of the chosen replies',
  kind: 'term',
  needs: needsNothing,
  // With all of the weight on the NLL the limit is its own, not the end of stage one: the curve ends before that.
  parameter: { ...weight, at: (position, setup) => weight.at(0.999 * position, setup) },
  cost: () => oneGradient,
  missing: missingPolicy,
  term: (setup, a) => termOf(a, chosenNllOf(setup)),
  limit: (setup, a, near) => limitWithTerm(setup, a, { function: chosenNllOf(setup), modulus: 0 }, near),
  change,
  outputs: (setup, a) => changedOutputs(setup, change(setup, a)),
};

function change(stages: ProblemStages, a: number): (run: BeginningRun) => ChangeFrom {
  const objective = chosenNllOf(stages);
  return ({ batch, again }) => {
    // On the same preferences as the step.
    const sampler = objective.sampler(again, batch);
    const own = new Float64Array(stages.problem.dimension);
    return () => ({
      draw: () => {
        sampler.draw();
      },
      change(theta, gradient) {
        sampler.gradient(theta, own);
        for (let i = 0; i < gradient.length; i++) gradient[i] += a * own[i];
      },
    });
  };
}

/** f_C: the mean of log(1 + exp(−θᵀ(φ(chosen) − φ(rejected)))). */
function chosenNllOf(setup: ProblemStages): Objective {
  return once(setup, 'chosen NLL', () => {
    const { dpo, dimension } = policyOf(setup);
    const count = exampleCount(dpo.rows);
    const rows = newFeatureRows(new Array<number>(count).fill(1), dimension, newArena());
    const difference = new Float64Array(dimension);
    for (let n = 0; n < count; n++) {
      readRow(dpo.rows, n, 0, difference);
      writeRow(rows, n, 0, (i) => -difference[i]);
    }
    return logLinearSft({ rows }, dimension);
  });
}
