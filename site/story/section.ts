import type { Hovered, Shown, PageView } from '../playground/shown.js';
import type { State } from '../playground/state.js';

/** What a section asks of the workers: the landscape and the front, runs, what remedies reach, or what a budget does. */
export type SectionTask = 'scene' | 'runs' | 'remedies' | 'budget';

/** The one control of a section: a slider, or a choice between names. Its value is a number, or the place of a name. */
export interface SectionControl {
  readonly label: string;
  readonly initial: number;
  readonly least?: number;
  readonly most?: number;
  readonly step?: number;
  /** The value in words. */
  readonly text?: (value: number) => string;
  readonly names?: readonly string[];
  /** The control goes through the steps of the runs, in the place of a slider of its own. */
  readonly transport?: boolean;
}

/** What views tell their section. */
export interface Told {
  /** A hand has moved what the control moves. */
  readonly change: (value: number) => void;
  /** The pointer is on a point of objective space, or on none any more. */
  readonly hover: (hovered: Hovered | undefined) => void;
}

/** A section of the story: a figure, one control, and a sentence that says what the figure shows. */
export interface Section {
  readonly id: string;
  readonly control: SectionControl;
  readonly needs: readonly SectionTask[];
  /** What is run, as the playground would: the end of the story can go on from it. */
  state(value: number, shown: Shown): State;
  /** Draws into the panes of its figure. */
  views(panes: readonly HTMLElement[], told: Told): readonly PageView[];
  /** How far runs are drawn, where the control decides that. */
  progress?(value: number, shown: Shown): number;
  /** What the figure shows, in a sentence with its numbers; undefined until these are there. */
  sentence(shown: Shown, value: number): string | undefined;
  /** The command that prints those numbers, without the one that makes the problem. */
  command(shown: Shown, value: number): string;
  /** The schedule or remedy that the control picks, which lights up. */
  lit?(value: number): string;
}
