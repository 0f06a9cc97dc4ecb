import type { StageTwo } from '../../llm/train/stage-two/settings.js';

/** A value of a remedy's parameter. */
export type ParameterValue = number | string;

/** What values of parameters are chosen by. */
export interface Surroundings {
  readonly lambda: number;
  readonly steps: number;
  /** That of stage one. */
  readonly learningRate: number;
}

/** What theory says of a remedy whose objectives are convex: docs/remedies.md. */
export type ConvexPlace =
  /** With the parameter of theory it ends at the minimum of F_λ, and its parameter traces the front. */
  | 'reaches min F_λ'
  /** Its curve misses the front, however its parameter is chosen. */
  | 'misses the front'
  /** It ends on the front, or at a Pareto-stationary point, that is not the minimum of F_λ. */
  | 'ends elsewhere on the front';

/** What a run under a remedy is. */
export interface RemedyTraining {
  /** A schedule's name, or the path of its module. */
  readonly schedule: string;
  /** The schedule's own settings. */
  readonly own?: Readonly<Record<string, unknown>>;
  /** The weight of DPO that the schedule is told, where it is not that of the comparison. */
  readonly lambda?: number;
  /** What changes stage two. */
  readonly stageTwo?: StageTwo;
}

/** A remedy as language models are trained under it. */
export interface TrainedRemedy {
  readonly name: string;
  readonly label: string;
  /** Undefined where theory does not speak of it. */
  readonly convex: ConvexPlace | undefined;
  readonly parameter?: {
    /** Its name in options and results. */
    readonly name: string;
    /** How a text of the command line is read; throws an InputError naming the field. */
    readonly parse: (text: string, field: string) => ParameterValue;
    /** What theory says; without it `standard` is taken, and called given. */
    readonly theory?: (around: Surroundings) => ParameterValue;
    readonly standard?: (around: Surroundings) => ParameterValue;
    /** The further values that its curve goes through. */
    readonly values: (around: Surroundings) => readonly ParameterValue[];
  };
  /** The run under a value of the parameter; `split` has the steps of both stages. */
  readonly training: (value: ParameterValue | undefined, split: readonly [number, number]) => RemedyTraining;
}
