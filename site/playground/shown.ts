import type { ScheduleKey } from '../../src/figure/theme.js';
import type { EnsembleSummary, Scene, Theory } from './protocol.js';
import type { State } from './state.js';

/** Everything that the views draw from. */
export interface Shown {
  readonly state: State;
  readonly scene: Scene | undefined;
  readonly theory: Theory | undefined;
  readonly ensembles: ReadonlyMap<ScheduleKey, EnsembleSummary>;
  /** How far the paths are drawn: a share of the steps, 1 at rest. */
  readonly progress: number;
}

/** A part of the page that draws itself. */
export interface View {
  draw(shown: Shown): void;
}

/** The index of the last recorded step that lies within the progress. */
export function reached({ steps }: Pick<EnsembleSummary, 'steps'>, progress: number): number {
  const until = progress * steps[steps.length - 1];
  let at = 0;
  while (at + 1 < steps.length && steps[at + 1] <= until) at++;
  return at;
}

/** The ensembles of the schedules that are shown, in the order of the figures. */
export function shownEnsembles({ state, ensembles }: Shown): [ScheduleKey, EnsembleSummary][] {
  return state.schedules.flatMap((key) => {
    const ensemble = ensembles.get(key);
    return ensemble === undefined ? [] : [[key, ensemble] as [ScheduleKey, EnsembleSummary]];
  });
}
