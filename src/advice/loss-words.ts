import type { Problem } from '../convex/problem/problem.js';
import type { ObjectiveName } from '../schedule/schedule.js';

/** How amounts of losses are spoken of. */
export interface LossWords {
  /** What follows a number: "nats of SFT", or "of f_SFT". */
  readonly of: (objective: ObjectiveName) => string;
  /** One of them: "nat of DPO", or "unit of f_DPO". */
  readonly one: (objective: ObjectiveName) => string;
}

/** Losses of policies are in nats; those of other functions have no unit. */
export function lossWords(kind: Problem['data']['kind']): LossWords {
  const isInNats = kind === 'log-linear';
  return {
    of: (objective) => (isInNats ? `nats of ${objective.toUpperCase()}` : `of f_${objective.toUpperCase()}`),
    one: (objective) => (isInNats ? `nat of ${objective.toUpperCase()}` : `unit of f_${objective.toUpperCase()}`),
  };
}
