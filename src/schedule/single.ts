import { noObjectives, type ObjectiveName, type Schedule } from './schedule.js';

/** A single-objective schedule has nothing to remember. */
export type SingleState = Readonly<Record<string, never>>;

/** The schedule that steps on one objective only: the run that finds that objective's optimum. */
function single(objective: ObjectiveName): Schedule<SingleState> {
  return {
    name: objective,
    init: () => ({}),
    evaluates: () => noObjectives,
    choose: () => objective,
    observe: (state) => state,
  };
}

/** DPO alone. */
export const dpo = single('dpo');
/** SFT alone. */
export const sft = single('sft');
