import { stream } from '../base/random-stream.js';
import { strength } from './anchor.js';
import { divergence, limitWithDivergence } from './divergence.js';
import { missingPolicy } from './log-linear.js';
import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { changedOutputs } from './runs.js';
import type { ProblemStages } from './setup.js';
import type { BeginningRun, ChangeFrom } from './stage-two-change.js';
import { termOf } from './stage-two.js';

/**
 * KL anchor: stage two on f_DPO + κ E_x KL(π_{θ_S} ‖ π_θ) over the prompts of SFT. For an interior θ_S that is
 * f_DPO + κ (f_SFT − f_SFT*), so that κ = (1 − λ)/λ gives θ_λ* (statement K).
 */
export const klAnchor: Remedy<number> = {
  name: 'kl-anchor',
  label: 'KL anchor',
  description: 'stage two on f_DPO + κ KL to the policy of stage one, on prompts of SFT',
  kind: 'term',
  needs: { ...needsNothing, sftPrompts: true },
  parameter: {
    ...strength('klAnchor', 'the KL to the policy of stage one'),
    // As the replay of own replies, whatever λ, which minimises the same sums.
    at: (position) => (position === 1 ? Infinity : position / (1 - position)),
  },
  cost: () => ({ ...oneGradient, evaluations: 1, models: 2 }),
  missing: missingPolicy,
  term: (setup, kappa) => termOf(kappa, divergence(setup).function),
  limit: limitWithDivergence,
  change,
  outputs: (setup, kappa) => changedOutputs(setup, change(setup, kappa)),
};

function change({ problem }: ProblemStages, kappa: number): (run: BeginningRun) => ChangeFrom {
  return ({ seed, batch }) => {
    const prompts = problem.objectives.sft.sampler(stream(seed, 'prompt-sample'), batch);
    const [here, there] = [new Float64Array(problem.dimension), new Float64Array(problem.dimension)];
    return (stageOne) => ({
      draw: () => {
        prompts.draw();
      },
      // The replies in the data drop out of the difference: Σ_y (π_θ(y) − π_{θ_S}(y)) φ(y) is left.
      change(theta, gradient) {
        prompts.gradient(theta, here);
        prompts.gradient(stageOne, there);
        for (let i = 0; i < gradient.length; i++) gradient[i] += kappa * (here[i] - there[i]);
      },
    });
  };
}
