import type { ObjectiveName } from '../../schedule/schedule.js';
import { ontoBall } from '../optimum/quadratic-model.js';
import type { Problem } from '../problem/problem.js';
import { reachedAt, type Support, type Vertex } from './support.js';

/** A θ with the values of both objectives there, rounded up. */
export interface Reached {
  readonly minimizer: Float64Array;
  readonly values: Vertex;
}

/**
 * Of the segment between the minimisers of two neighbouring λ, about the point at which the objective `limited` is as
 * large as it may be: by convexity it is there at least as good as the inner polygon says.
 * @param within where `limited` is at most the limit
 * @param beyond where it is more
 */
export function between(
  problem: Problem,
  limited: ObjectiveName,
  limit: number,
  within: Support,
  beyond: Support,
): Reached {
  const of = limited === 'dpo' ? 0 : 1;
  const [from, to] = [within.point.minimizer, beyond.point.minimizer];
  const at = (share: number): Reached => {
    const mean = from.map((entry, i) => entry + share * (to[i] - entry));
    const minimizer = Float64Array.from(ontoBall(mean, problem.radius));
    return { minimizer, values: reachedAt(problem, minimizer) };
  };
  let best: Reached = { minimizer: from, values: within.reached };
  let [low, high] = [0, 1];
  let [lowExcess, highExcess] = [within.reached[of] - limit, beyond.reached[of] - limit];
  // Regula falsi, by bisection in every other step; the end that is within the limit counts.
  for (let step = 0; step < 60; step++) {
    const secant = step % 2 === 0 && lowExcess < 0;
    const guess = secant ? low + ((high - low) * lowExcess) / (lowExcess - highExcess) : (low + high) / 2;
    if (!(guess > low && guess < high)) break;
    const trial = at(guess);
    const excess = trial.values[of] - limit;
    if (excess > 0) [high, highExcess] = [guess, excess];
    else {
      [low, lowExcess] = [guess, excess];
      if (trial.values[1 - of] <= best.values[1 - of]) best = trial;
    }
  }
  return best;
}
