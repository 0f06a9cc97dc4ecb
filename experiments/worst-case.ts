import { compared } from './compared.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { evenlySpaced, logSpaced } from '../src/experiment/spacing.js';
import { together } from '../src/experiment/together.js';
import { attained, estimated, type WorstCaseNumbers } from '../src/experiment/worst-cases.js';
import type { Order } from '../src/schedule/schedule.js';
import type { Iterate } from '../src/theory/worst-case/names.js';
import { paper } from '../src/schedule/key.js';

/** A method whose worst case is asked for. */
export interface WorstCaseMethod {
  readonly key: WorstCaseKey;
  readonly schedule: string;
  readonly period?: number;
  readonly order?: Order;
  readonly iterate?: Iterate;
  readonly stepSize?: string;
}

/** The methods by name. */
export type WorstCaseKey =
  | typeof paper.alright
  | typeof paper.maxright
  | 'maxright-stale'
  | typeof paper.sftThenDpo
  | typeof paper.dpoThenSft
  | 'subgradient-best'
  | 'subgradient-last'
  | 'subgradient-linear';

/** One worst case. */
export interface WorstCasePoint extends WorstCaseNumbers {
  readonly key: WorstCaseKey;
  readonly lambda: number;
  readonly steps: number;
  /** Whether it is a run on the worst function in closed form instead of a performance estimation. */
  readonly closedForm: boolean;
}

/** Worst cases over T and over λ, of functions with subgradients of at most 1 and a start at distance 1. */
export interface WorstCases {
  readonly lambda: number;
  readonly overSteps: readonly WorstCasePoint[];
  /** Of the sweep over λ. */
  readonly steps: number;
  readonly overLambda: readonly WorstCasePoint[];
}

const methods: Readonly<Record<WorstCaseKey, Omit<WorstCaseMethod, 'key'>>> = {
  alright: { schedule: paper.alright },
  maxright: { schedule: paper.maxright },
  'maxright-stale': { schedule: paper.maxright, period: 2 },
  [paper.sftThenDpo]: { ...compared[paper.sftThenDpo], iterate: 'last' },
  [paper.dpoThenSft]: { ...compared[paper.dpoThenSft], iterate: 'last' },
  'subgradient-best': { schedule: 'subgradient', iterate: 'best' },
  'subgradient-last': { schedule: 'subgradient', iterate: 'last' },
  'subgradient-linear': { schedule: 'subgradient', iterate: 'last', stepSize: '(T + 1 - t)/(T + 1)^1.5' },
};

/** The numbers of steps that performance estimation is asked for; its programmes grow with the choices. */
const horizons: Readonly<Record<WorstCaseKey, { readonly full: number[]; readonly quick: number[] }>> = {
  alright: { full: [4, 3, 2, 1], quick: [3, 2, 1] },
  maxright: { full: [6, 5, 4, 3, 2, 1], quick: [4, 3, 2, 1] },
  'maxright-stale': { full: [6, 5, 4, 3, 2], quick: [4, 3, 2] },
  [paper.sftThenDpo]: { full: [32, 24, 16, 12, 8, 6, 4, 2], quick: [2, 4, 6] },
  [paper.dpoThenSft]: { full: [32, 24, 16, 12, 8, 6, 4, 2], quick: [2, 4, 6] },
  'subgradient-best': { full: [1, 2, 3, 4, 6, 8, 12, 16], quick: [1, 2, 4] },
  'subgradient-last': { full: [1, 2, 3, 4, 6, 8, 12, 16], quick: [1, 2, 4] },
  'subgradient-linear': { full: [1, 2, 3, 4, 6, 8, 12, 16], quick: [1, 2, 4] },
};

const keys = Object.keys(methods) as WorstCaseKey[];

export const worstCases: Experiment<WorstCases> = {
  name: 'worst-case',
  async run(context) {
    const { quick } = context;
    const lambda = 0.3;
    const steps = quick ? 2 : 4;
    const point = async (key: WorstCaseKey, at: number, T: number, closedForm = false): Promise<WorstCasePoint> => {
      const settings = { ...methods[key], lambda: at, steps: T };
      const numbers = await (closedForm ? attained : estimated)(context, settings);
      return { key, lambda: at, steps: T, closedForm, ...numbers };
    };
    const joint = [paper.alright, paper.maxright, 'maxright-stale', paper.sftThenDpo, paper.dpoThenSft] as const;
    return {
      lambda,
      steps,
      ...(await together({
        overLambda: Promise.all(
          joint.flatMap((key) => evenlySpaced(0.1, 0.9, quick ? 3 : 9).map((at) => point(key, at, steps))),
        ),
        overSteps: Promise.all([
          ...keys.flatMap((key) => horizons[key][quick ? 'quick' : 'full'].map((T) => point(key, lambda, T))),
          ...([paper.alright, paper.maxright] as const).flatMap((key) =>
            logSpaced(10, 200, 4).map((T) => point(key, lambda, T, true)),
          ),
        ]),
      })),
    };
  },
};
