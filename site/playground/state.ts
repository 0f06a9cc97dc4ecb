import { looks } from '../../src/figure/theme.js';
import { paper, variants } from '../../src/schedule/key.js';
import { replay } from '../../src/schedule/replay.js';
import type { OwnSchedule } from './module-protocol.js';
import type { EnsembleMeasures } from '../../src/convex/simulate/measures.js';

/** A quadratic by the ellipse f = ½: its centre, its two radii, and the angle of the first one in degrees. */
export interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly first: number;
  readonly second: number;
  readonly angle: number;
}

/** What the quadratic pair in the plane is made of. */
export interface QuadraticChoice {
  readonly dpo: Ellipse;
  readonly sft: Ellipse;
  readonly start: readonly [number, number];
  readonly noise: number;
  /** Radius of the ball, 0 for none. */
  readonly radius: number;
}

/** What the generator of log-linear pairs is given. */
export interface LogLinearChoice {
  readonly conflict: number;
  readonly beta: number;
  readonly candidates: number;
  readonly examples: number;
  readonly radius: number;
  readonly problemSeed: number;
}

/** What the closed-form pair is made of. */
export interface ClosedFormChoice {
  readonly noise: number;
  readonly start: number;
}

/** A file of the visitor's own. */
export interface FileChoice {
  readonly name: string;
  /** The text as it was dropped. */
  readonly text: string;
}

/** The kinds of problem, in the order of their tabs. */
export const problemKinds = ['quadratic', 'log-linear', 'closed-form', 'file'] as const;
/** A kind of problem. */
export type ProblemKind = (typeof problemKinds)[number];

/** Everything that the page shows follows from this, and its address holds all of it. */
export interface State {
  readonly kind: ProblemKind;
  readonly quadratic: QuadraticChoice;
  readonly logLinear: LogLinearChoice;
  readonly closedForm: ClosedFormChoice;
  readonly file: FileChoice;
  /** The visitor's own schedules, whether they run or not. */
  readonly own: readonly OwnSchedule[];
  /** The keys of the schedules that run, in the order of the figures; the visitor's own follow. */
  readonly schedules: readonly string[];
  readonly lambda: number;
  readonly steps: number;
  readonly stepSize: string;
  /** Share of the steps that goes to the first stage of a sequential run. */
  readonly firstStage: number;
  readonly period: number;
  readonly batch: number;
  readonly seeds: number;
  readonly seed: number;
  /** The remedies whose limits are drawn. */
  readonly remedies: readonly string[];
  /** How much f_SFT may exceed its minimum, as the front's panel has it; a tenth of its range where undefined. */
  readonly forgetAtMost: number | undefined;
  /** The measure whose curve is drawn. */
  readonly measure: keyof EnsembleMeasures;
}

/** The key of every schedule, in the order of the figures; the visitor's own follow. */
export function scheduleKeys({ own }: Pick<State, 'own'>): string[] {
  return [...Object.keys(looks), ...own.map(({ key }) => key)];
}

/** The measures that can be drawn against steps. */
export const drawnMeasures = ['gap', 'averageGap', 'maxGap', 'averageMaxGap', 'idealDistance'] as const;

/** What stands where a file of one's own goes. */
const exampleFile = `{
  "kind": "expression",
  "variables": ["x", "y"],
  "objectives": {
    "dpo": "(x - 1)^2 + y^2",
    "sft": "log(1 + exp(-x)) + x^2/10 + (y - 1)^2"
  },
  "noise": { "dpo": 0.3, "sft": 0.3 },
  "radius": 3,
  "start": [0, -1]
}
`;

/** What the page shows at first. */
export const initialState: State = {
  kind: 'quadratic',
  quadratic: {
    dpo: { x: 1.3, y: 0.7, first: 1.5, second: 0.75, angle: -35 },
    sft: { x: -1.3, y: -0.45, first: 1.25, second: 0.8, angle: 40 },
    start: [-0.2, 1.7],
    noise: 0.4,
    radius: 0,
  },
  logLinear: { conflict: 0.6, beta: 1, candidates: 5, examples: 60, radius: 5, problemSeed: 0 },
  closedForm: { noise: 0.3, start: 0 },
  file: { name: 'problem.json', text: exampleFile },
  own: [],
  schedules: [paper.sftThenDpo, paper.mix, paper.alright, paper.maxright],
  lambda: 0.5,
  steps: 1000,
  stepSize: '2/sqrt(T)',
  firstStage: 0.5,
  period: 1,
  batch: 1,
  seeds: 32,
  seed: 0,
  remedies: [
    variants[paper.sftThenDpo].schedule,
    'best-checkpoint',
    replay.name,
    'l2-anchor',
    'average',
    paper.alright,
    paper.maxright,
  ],
  forgetAtMost: undefined,
  measure: 'gap',
};

/** The state with the start of the quadratics inside their ball, where they have one. */
export function startInside(state: State): State {
  const { start, radius } = state.quadratic;
  const norm = Math.hypot(...start);
  if (radius === 0 || norm <= radius) return state;
  // A little inside, so that rounding leaves it there.
  const inside = (entry: number): number => Math.trunc((1e4 * entry * radius) / norm) / 1e4;
  return { ...state, quadratic: { ...state.quadratic, start: [inside(start[0]), inside(start[1])] } };
}

/** The stages' numbers of steps. */
export function stagesOf({ steps, firstStage }: Pick<State, 'steps' | 'firstStage'>): [number, number] {
  // Halves as the command line makes them.
  const first = firstStage === 0.5 ? Math.ceil(steps / 2) : Math.round(firstStage * steps);
  return [first, steps - first];
}
