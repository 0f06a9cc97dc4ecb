import type { Estimate } from '../../src/base/statistics.js';
import type { EnsembleMeasures } from '../../src/convex/simulate/measures.js';
import type { Enclosed, FrontChoice } from '../../src/convex/front/choose.js';
import type { Problem } from '../../src/convex/problem/problem.js';
import type { Vertex } from '../../src/convex/front/support.js';
import type { Chosen } from '../../src/remedy/row.js';
import type { CurvePoint } from '../../src/remedy/curve.js';
import type { ReferenceOptimumName } from '../../src/experiment/reference-optima.js';
import type { Pair } from '../../src/schedule/schedule.js';
import type { OwnSchedule } from './module-protocol.js';
import type { ProblemSource } from './problem-source.js';

/** What the page asks of its workers: the problem and the settings of every run. */
export interface Job {
  /** Later jobs replace earlier ones. */
  readonly id: number;
  readonly source: ProblemSource;
  readonly schedules: readonly string[];
  /** The visitor's own among the schedules. */
  readonly own: readonly OwnSchedule[];
  readonly lambda: number;
  readonly steps: number;
  readonly stepSize: string;
  readonly split: readonly [number, number];
  readonly period: number;
  readonly batch: number;
  readonly seeds: number;
  readonly seed: number;
  /** The remedies whose limits are drawn. */
  readonly remedies: readonly string[];
  /** How much f_SFT may exceed its minimum; a tenth of what it does at most where absent. */
  readonly forgetAtMost?: number;
  /** The part of the plane to show; chosen by the points of interest where absent. */
  readonly window?: PlaneWindow;
  /** Whether the gap is swept over single settings, once all else is done. */
  readonly sweeps?: true;
}

/** A rectangle of the plane. */
export interface PlaneWindow {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** To a worker: the landscape of a job, the runs of some of its schedules, or its trade-off. */
export type Request =
  | { readonly task: 'scene'; readonly job: Job }
  | { readonly task: 'runs'; readonly job: Job; readonly schedules: readonly string[] }
  | { readonly task: 'trade-off'; readonly job: Job };

/** From a worker. */
export type WorkerAnswer =
  | { readonly kind: 'scene'; readonly id: number; readonly scene: Scene }
  | { readonly kind: 'theory'; readonly id: number; readonly theory: Theory }
  | { readonly kind: 'ensemble'; readonly id: number; readonly key: string; readonly ensemble: EnsembleSummary }
  | { readonly kind: 'front'; readonly id: number; readonly front: DrawnFront | Silence }
  | { readonly kind: 'choice'; readonly id: number; readonly choice: DrawnChoice | Silence }
  | { readonly kind: 'remedies'; readonly id: number; readonly remedies: readonly DrawnRemedy[] }
  | { readonly kind: 'sweep'; readonly id: number; readonly sweep: Sweep }
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'refused'; readonly id: number; readonly refusal: Refusal };

/**
 * Why something could not be computed; the field is that of the problem file or of the command line, and `schedule` where a
 * schedule of the visitor's own failed.
 */
export interface Refusal {
  readonly field: string;
  readonly message: string;
}

/** Why something is not there. */
export interface Silence {
  readonly reason: string;
}

/** The Pareto front between two polygons, whose vertices are (f_DPO, f_SFT) by increasing f_DPO. */
export interface DrawnFront {
  readonly inner: readonly Vertex[];
  readonly outer: readonly Vertex[];
  /** How far they are apart at most, relative to the ranges of the objectives. */
  readonly error: number;
  readonly solves: number;
  /** Undefined where the front is straight. */
  readonly knee: { readonly lambda: number; readonly dpo: number; readonly sft: number } | undefined;
  /** Of the problem, for the words of amounts. */
  readonly kind: Problem['data']['kind'];
  /** f_SFT*, and how much f_SFT exceeds it at most along the front. */
  readonly leastSft: number;
  readonly mostForgotten: number;
}

/** The point of the front that a budget for forgetting asks for. */
export interface DrawnChoice extends Omit<FrontChoice, 'minimizer' | 'dpo' | 'sft'> {
  readonly forgetAtMost: number;
  readonly dpo: Enclosed;
  readonly sft: number;
  readonly point: readonly [number, number];
}

/** A remedy's limit under the parameter that is chosen for it, and the curve of its limits. */
export interface DrawnRemedy {
  readonly name: string;
  /** The parameter; undefined where it has none. */
  readonly value?: unknown;
  readonly chosen: Chosen;
  readonly limit?: DrawnLimit;
  /** Why there is no limit. */
  readonly reason?: string;
  readonly curve: readonly CurvePoint[];
}

/** Where a remedy ends that converges. */
export interface DrawnLimit extends Pair {
  /** F_λ − min F_λ. */
  readonly gap: number;
  readonly certificate: number;
  readonly point: readonly [number, number];
  readonly scaleFree: Readonly<Partial<Record<ScaleFreeMeasure, number>>>;
}

/** The gap as one setting moves. */
export interface Sweep {
  readonly name: 'share' | 'steps' | 'conflict';
  readonly points: readonly SweepPoint[];
  /** The seeds of each mean. */
  readonly seeds: number;
}

/** A value of the setting, and what gap each schedule leaves there: of limits where the setting is the problem's. */
export interface SweepPoint {
  readonly value: number;
  readonly gaps: Readonly<Record<string, number>>;
}

/** The problem in the plane: d = 2 itself, d = 1 as a line, and for larger d the plane through start and minimisers. */
export interface Scene {
  readonly dimension: number;
  /** Why what is drawn holds only under a condition, where it does. */
  readonly conditional: boolean;
  readonly window: PlaneWindow;
  /** f_i − f_i* on a grid over the window, row by row from the lowest y; one row where d = 1. */
  readonly field: {
    readonly columns: number;
    readonly rows: number;
    readonly dpo: Float64Array;
    readonly sft: Float64Array;
  };
  readonly plane: Plane;
  /** The points of interest in the plane. */
  readonly start: readonly [number, number];
  readonly referenceOptima: Readonly<Record<ReferenceOptimumName, DrawnOptimum>>;
  /** The radius of the ball; Infinity for none. */
  readonly radius: number;
  /** The problem file. */
  readonly problemText: string;
}

/** A certified minimiser, in the plane and in objective space. */
export interface DrawnOptimum {
  readonly point: readonly [number, number];
  readonly dpo: number;
  readonly sft: number;
  readonly value: number;
  readonly certificate: number;
}

/** An orthonormal frame of a plane in R^d. */
export interface Plane {
  readonly origin: Float64Array;
  readonly axes: readonly [Float64Array, Float64Array];
}

/** What is known of the problem without running anything. */
export interface Theory {
  /** Certified points of the Pareto front, from λ = 0 to 1. */
  readonly front: readonly DrawnFrontPoint[];
  readonly bounds: Readonly<Partial<Record<string, readonly ShownBound[]>>>;
}

/** A certified point of the Pareto front, in objective space and in the plane. */
export interface DrawnFrontPoint {
  readonly lambda: number;
  readonly dpo: number;
  readonly sft: number;
  readonly certificate: number;
  readonly point: readonly [number, number];
}

/** What a theorem says of a schedule's run. */
export interface ShownBound {
  readonly id: string;
  /** 'lower' or an upper bound. */
  readonly kind: string;
  /** Why it says nothing; '' where it speaks. */
  readonly silence: string;
  readonly measure: keyof EnsembleMeasures;
  readonly constants: readonly { readonly name: string; readonly meaning: string; readonly value: number }[];
  /** The bound after every recorded number of steps; NaN where it says nothing. */
  readonly curve: Float64Array;
  /** The bound after the last step. */
  readonly value: number;
}

/** What the seeds run so far say of a schedule. */
export interface EnsembleSummary {
  /** Seeds run so far. */
  readonly seeds: number;
  /** The recorded steps. */
  readonly steps: readonly number[];
  /** Means and 95 % intervals at every recorded step. */
  readonly curves: Readonly<Record<keyof EnsembleMeasures, MeanCurve>>;
  /** The measures after the last step, as `forgetting run` gives them. */
  readonly final: EnsembleMeasures;
  /** Measures after the last step that do not depend on the scales of the objectives, where they are known. */
  readonly scaleFree: Readonly<Partial<Record<ScaleFreeMeasure, Estimate>>>;
  /** What each measure may be off by: the certificates of the optima. */
  readonly certificates: Readonly<Partial<Record<keyof EnsembleMeasures, number>>>;
  /** A line for every gap whose certificate is not small beside it. */
  readonly warnings: readonly string[];
  readonly gradients: number;
  readonly evaluations: number;
  /** The first seed's points in the plane, x and y alternating, at every recorded step. */
  readonly path: Float64Array;
  /** Where every seed ends in the plane, x and y alternating. */
  readonly ends: Float64Array;
  /** f_DPO and f_SFT where every seed ends, alternating. */
  readonly endValues: Float64Array;
}

/** A measure that does not depend on the scales of the objectives. */
export type ScaleFreeMeasure = 'normalizedIdealDistance' | 'forgettingKl';

/** A mean over seeds with its 95 % interval. */
export interface MeanCurve {
  readonly mean: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * The steps at which a run of T steps is recorded: dense at first, where a logarithm looks, and after the first stage,
 * where a sequential run turns; even otherwise.
 */
export function recordedSteps({ steps, split: [before, after] }: Pick<Job, 'steps' | 'split'>): number[] {
  const even = Array.from({ length: 51 }, (_, i) => Math.round((steps * i) / 50));
  const first = Array.from({ length: 31 }, (_, i) => Math.round(steps ** (i / 30)));
  const turn = Array.from({ length: 16 }, (_, i) => before + Math.round(after ** (i / 15)) - 1);
  return [...new Set([...even, ...first, ...turn])].filter((step) => step <= steps).sort((a, b) => a - b);
}
