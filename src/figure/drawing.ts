import type { Experiment, ExperimentContext } from '../experiment/experiment.js';
import type { Figure } from './figure.js';

/** A figure still to be drawn: the experiment it is drawn from, and how. */
export interface Drawing {
  readonly name: string;
  /** The figure, drawn from its experiment's results as `results` finds them. */
  readonly draw: (results: ResultsOf) => Promise<Figure>;
  /** Whether it can be drawn of a problem of the user's own. */
  readonly takesProblem?: boolean;
  /** Why it cannot be drawn here, where it cannot. */
  readonly unavailable: (context: ExperimentContext) => string | undefined;
}

/** Finds an experiment's results, running each experiment once however many figures are drawn from it. */
export type ResultsOf = <Results>(experiment: Experiment<Results>) => Promise<Results>;

/** A figure drawn from one experiment. */
export function drawing<Results>(
  name: string,
  experiment: Experiment<Results>,
  draw: (results: Results) => Omit<Figure, 'name'>,
): Drawing {
  return {
    name,
    draw: async (results) => ({ name, ...draw(await results(experiment)) }),
    takesProblem: experiment.takesProblem === true,
    unavailable: (context) => experiment.unavailable?.(context),
  };
}
