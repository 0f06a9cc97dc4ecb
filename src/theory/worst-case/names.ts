/** What --schedule of the command takes beside schedules: the subgradient method on one objective. */
export const subgradient = 'subgradient';

/** What --iterate of the command takes. */
export const iterates = ['mean', 'average', 'best', 'last'] as const;
/**
 * Which number of a run is estimated. mean: the mean gap over the T points at which gradients are taken, the start
 * among them; average: the gap at the average of those; best: the least over all T + 1 points; last: the gap at the
 * point after the last step.
 */
export type Iterate = (typeof iterates)[number];

/** What --class of the command takes. */
export const functionClasses = ['lipschitz', 'smooth'] as const;
