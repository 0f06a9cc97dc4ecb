import { shortText } from '../../src/base/short-text.js';
import { lookOf, type Look } from '../../src/figure/theme.js';
import type {
  DrawnChoice,
  DrawnFront,
  DrawnRemedy,
  EnsembleSummary,
  Scene,
  Silence,
  Sweep,
  Theory,
} from './protocol.js';
import { paper } from '../../src/schedule/key.js';
import { stagesOf, type State } from './state.js';

/** Everything that the views draw from. */
export interface Shown {
  readonly state: State;
  readonly scene: Scene | undefined;
  readonly theory: Theory | undefined;
  readonly ensembles: ReadonlyMap<string, EnsembleSummary>;
  readonly front: DrawnFront | Silence | undefined;
  readonly choice: DrawnChoice | Silence | undefined;
  readonly remedies: readonly DrawnRemedy[];
  /** The gap over single settings, by their names, where it has been swept. */
  readonly sweeps?: ReadonlyMap<Sweep['name'], Sweep>;
  readonly hovered?: Hovered | undefined;
  /** How far the paths are drawn: a share of the steps, 1 at rest. */
  readonly progress: number;
}

/** What the pointer is on in objective space: a recorded point of a schedule's mean path, or one of the front. */
export type Hovered = { readonly key: string; readonly at: number } | { readonly onFront: number };

/** A part of the page that draws itself. */
export interface PageView {
  draw(shown: Shown): void;
}

/** The index of the last recorded step that lies within the progress. */
export function reached({ steps }: Pick<EnsembleSummary, 'steps'>, progress: number): number {
  // A share is a quotient: what rounding takes off it is not a step.
  const until = progress * steps[steps.length - 1] + 1e-6;
  let at = 0;
  while (at + 1 < steps.length && steps[at + 1] <= until) at++;
  return at;
}

/** The ensembles of the schedules that are shown, in the order of the figures. */
export function shownEnsembles({ state, ensembles }: Shown): [string, EnsembleSummary][] {
  return state.schedules.flatMap((key) => {
    const ensemble = ensembles.get(key);
    return ensemble === undefined ? [] : [[key, ensemble] as [string, EnsembleSummary]];
  });
}

/** The look of a schedule, one of the visitor's own among them. */
export function lookIn({ own }: Pick<State, 'own'>, key: string): Look {
  return lookOf(key, own.find((schedule) => schedule.key === key)?.label);
}

/** The most characters of a name beside a line. */
const longestName = 18;

/**
 * What a schedule is called beside its line or mark: without what its label says after a comma, where no other that is shown
 * is called so.
 */
export function nameIn(state: State, key: string): string {
  const first = (other: string): string => lookIn(state, other).label.split(', ')[0];
  const isAlone = state.schedules.every((other) => other === key || first(other) !== first(key));
  return shortText(isAlone ? first(key) : lookIn(state, key).label, longestName);
}

/** What Sequential trains at a step, in words; nothing where it does not run. */
export function workingWords(state: State): (step: number) => string {
  const keys = [paper.sftThenDpo, paper.dpoThenSft].filter((key) => state.schedules.includes(key));
  if (keys.length === 0) return () => '';
  const [first] = stagesOf(state);
  const stages = keys[0] === paper.sftThenDpo ? ['SFT', 'DPO'] : ['DPO', 'SFT'];
  // Beside others it is said whose stage it is.
  const words = state.schedules.length === 1 ? 'training' : 'Sequential trains';
  return (step) => (step === 0 ? 'the start' : `${words} ${stages[step <= first ? 0 : 1]}`);
}

/**
 * Views beside the landscape, drawn only where they show something else, and one at a time while seeds are still running,
 * so that what a hand drags is drawn soon. The shape of quadratics reaches them by their scene.
 */
export function inTurn(views: readonly PageView[]): PageView {
  // The one that was drawn last comes last.
  const waiting = views.map((view) => ({ view, last: undefined as Shown | undefined }));
  return {
    draw(shown) {
      const stale = waiting.filter(({ last }) => last === undefined || !showsTheSame(last, shown));
      for (const turn of isPassing(shown) ? stale.slice(0, 1) : stale) {
        turn.last = shown;
        turn.view.draw(shown);
        waiting.push(...waiting.splice(waiting.indexOf(turn), 1));
      }
    },
  };
}

/** Whether seeds are still running, of which the last will be drawn. */
export function isPassing(shown: Shown): boolean {
  return shownEnsembles(shown).some(([, { seeds }]) => seeds < shown.state.seeds);
}

function showsTheSame(a: Shown, b: Shown): boolean {
  return (
    equalEntries({ ...a, state: 0 }, { ...b, state: 0 }) &&
    equalEntries({ ...a.state, quadratic: 0 }, { ...b.state, quadratic: 0 })
  );
}

function equalEntries<Shape extends object>(a: Shape, b: Shape): boolean {
  return (Object.keys(a) as (keyof Shape)[]).every((key) => a[key] === b[key]);
}
