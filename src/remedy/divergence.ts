import { bregmanDivergence } from './bregman.js';
import type { Limit, NoLimit } from './limit.js';
import { once, type Setup } from './setup.js';
import { limitWithTerm, type AddedFunction } from './stage-two.js';

/** E_x KL(π_{θ_S} ‖ π_θ) on the prompts of SFT, θ_S the end of stage one. */
export function divergence(setup: Setup): AddedFunction {
  return once(setup, 'divergence', () => ({
    function: bregmanDivergence(setup.problem.objectives.sft, setup.stageOne),
    modulus: 0,
  }));
}

/**
 * The limit of a stage two on f_DPO + κ E_x KL(π_{θ_S} ‖ π_θ), θ_S the end of stage one: what the KL anchor and the replay of
 * own replies minimise.
 */
export function limitWithDivergence(setup: Setup, weight: number, near?: Float64Array): Limit | NoLimit {
  const added = divergence(setup);
  // Of sixteenths, which both curves go through, each is solved once, from the one before it.
  const sixteenths = (16 * weight) / (1 + weight);
  const nearest = Math.round(sixteenths);
  if (!(Math.abs(sixteenths - nearest) < 1e-12) || nearest === 0) return limitWithTerm(setup, weight, added, near);
  const limits = once(setup, 'limits with divergence', () => {
    let start: Float64Array | undefined;
    return Array.from({ length: 15 }, (_, i) => {
      const found = limitWithTerm(setup, (i + 1) / (15 - i), added, start);
      if ('minimizer' in found) start = found.minimizer;
      return found;
    });
  });
  return limits[nearest - 1];
}
