import { checkProblemFile, type LogLinearFile, type ProblemFile } from '../../convex/problem/format.js';
import { createProblem } from '../../convex/problem/create.js';
import { problemData } from '../../convex/problem/data.js';
import type { Stream } from '../../base/random-stream.js';
import { problemSubject } from '../subject.js';
import type { Theorem } from '../theorem.js';
import type { Instance } from './instance.js';
import { polyhedralPair } from './polyhedral-pair.js';

/** Instances as functions of parameters that may be any real numbers, the first of them for λ. */
export interface Family {
  /** How many parameters an instance for so many steps has. */
  count(steps: number): number;
  instance(parameters: readonly number[], steps: number, theorem: Theorem): Promise<Instance>;
}

/** The families that the attack on a theorem draws from. */
export function familiesOf({ schedule }: Theorem): readonly Family[] {
  // No tree gives the expectation of single draws from several examples, so that theorems on runs say nothing there.
  return schedule === undefined ? [...common, policyFamily()] : common;
}

const common: readonly Family[] = [
  polyhedralFamily(),
  logisticFamily(1),
  logisticFamily(2),
  quadraticFamily(1, false),
  quadraticFamily(2, false),
  quadraticFamily(1, true),
  quadraticFamily(2, true),
];

/** Random parameters. */
export function drawn({ normal }: Stream, count: number): number[] {
  return Array.from({ length: count }, () => normal());
}

/** Two maxima of affine functions with a known minimiser of their weighted sum, or of their Chebyshev scalarization. */
function polyhedralFamily(): Family {
  return {
    count: (steps) => 3 + 2 * (steps + 1) + 2 * (steps + 1) * (steps + 2),
    instance(parameters, steps, { measures }) {
      const ofMax = measures.some((measure) => /max/i.test(measure));
      const lambda = unit(parameters[0]);
      return Promise.resolve(polyhedralPair(parameters.slice(1), { dimension: steps + 1, lambda, ofMax }));
    },
  };
}

/** One preference and one reply on the line or in the plane: from nearly linear to nearly flat, a kink in between. */
function logisticFamily(dimension: number): Family {
  return logLinearFamily({ dimension, features: 2, steepness: 20 }, ([target, chosen], zero) => ({
    sft: [{ candidates: [target, zero], target: 0 }],
    dpo: [{ chosen, rejected: zero }],
  }));
}

/** Two prompts of three replies each and two preferences in the plane. */
function policyFamily(): Family {
  return logLinearFamily({ dimension: 2, features: 7, steepness: 3 }, (features, zero) => ({
    sft: [
      { candidates: [zero, features[0], features[1]], target: 0 },
      { candidates: [zero, features[2], features[3]], target: 1 },
    ],
    dpo: [
      { chosen: features[4], rejected: zero },
      { chosen: features[5], rejected: features[6] },
    ],
  }));
}

/** Log-linear pairs on the unit ball whose data are made of some feature vectors, each parameter times the steepness. */
function logLinearFamily(
  { dimension, features, steepness }: Readonly<Record<'dimension' | 'features' | 'steepness', number>>,
  data: (features: readonly number[][], zero: number[]) => Pick<LogLinearFile, 'sft' | 'dpo'>,
): Family {
  return {
    count: () => 1 + (2 + features) * dimension,
    instance(parameters) {
      const part = (k: number): number[] => parameters.slice(1 + k * dimension, 1 + (k + 1) * dimension);
      const drawnFeatures = Array.from({ length: features }, (_, k) => part(2 + k).map((entry) => entry * steepness));
      return ofFile(parameters[0], {
        kind: 'log-linear',
        dimension,
        beta: 1,
        radius: 1,
        start: intoUnitBall(part(0)),
        reference: part(1),
        ...data(drawnFeatures, new Array<number>(dimension).fill(0)),
      });
    },
  };
}

/** Two quadratics on the unit ball, or on all of R^d. */
function quadraticFamily(dimension: number, free: boolean): Family {
  const size = dimension * dimension;
  return {
    count: () => 1 + 2 * size + 3 * dimension,
    instance(parameters) {
      const at = (from: number, length: number): number[] => parameters.slice(1 + from, 1 + from + length);
      const hessian = (factor: readonly number[]): number[][] =>
        Array.from({ length: dimension }, (_, i) =>
          Array.from({ length: dimension }, (_, j) => {
            let sum = 0;
            for (let k = 0; k < dimension; k++) sum += factor[i * dimension + k] * factor[j * dimension + k];
            return sum + (i === j ? 1e-3 : 0);
          }),
        );
      const start = at(2 * size + 2 * dimension, dimension);
      return ofFile(parameters[0], {
        kind: 'quadratic',
        objectives: {
          dpo: { hessian: hessian(at(0, size)), minimizer: at(2 * size, dimension) },
          sft: { hessian: hessian(at(size, size)), minimizer: at(2 * size + dimension, dimension) },
        },
        ...(free ? { start } : { start: intoUnitBall(start), radius: 1 }),
      });
    },
  };
}

async function ofFile(parameter: number, file: ProblemFile): Promise<Instance> {
  // Stages of cycles are as long as their weights for such λ.
  const lambda = Math.min(0.95, Math.max(0.05, Math.round(20 * unit(parameter)) / 20));
  const problem = await createProblem(problemData(checkProblemFile(file)));
  return { subject: problemSubject('attacked', problem, lambda), file };
}

function unit(parameter: number): number {
  return 1 / (1 + Math.exp(-parameter));
}

function intoUnitBall(vector: readonly number[]): number[] {
  const norm = Math.hypot(...vector);
  return norm <= 1 ? [...vector] : vector.map((entry) => (entry / norm) * (1 - 1e-15));
}
