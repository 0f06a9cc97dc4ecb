import { eigenvalues } from '../convex/problem/positive-semidefinite.js';
import { quadraticObjective } from '../convex/problem/quadratic.js';
import type { NoLimit } from './limit.js';
import { nonNegativeText } from './parameter-text.js';
import { oneGradient, type Needs, type Remedy, type RemedyParameter } from './remedy.js';
import { changedOutputs } from './runs.js';
import { once, type Setup, type ProblemStages } from './setup.js';
import { limitWithTerm, termOf, type AddedFunction } from './stage-two.js';

/** What tells one anchor from another. */
export interface AnchorKind {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** The option of its strength κ. */
  readonly option: string;
  /** The matrix P (d × d, row-major), from the Hessian of the first objective where stage one ended. */
  readonly matrix: (hessian: Float64Array, dimension: number) => Float64Array;
  /** Vectors kept, in dimension d: the anchor and what P takes. */
  readonly vectors: (dimension: number) => number;
  readonly needs: Needs;
}

/**
 * Stage two on f_second + (κ/2)(θ − θ_1)ᵀP(θ − θ_1), θ_1 the end of stage one. Its minimiser θ̂ has, where it is interior,
 * F_λ(θ̂) − min F_λ ≤ ‖w_first ∇f_first(θ̂) − w_second κP(θ̂ − θ_1)‖²/(2μ), μ of F_λ.
 */
export function anchor({ name, label, description, option, matrix, vectors, needs }: AnchorKind): Remedy<number> {
  const anchored = (setup: Setup): Float64Array =>
    once(setup, `${name} matrix`, () => matrixAt(setup, setup.stageOne, matrix));
  const added = (setup: Setup): AddedFunction =>
    once(setup, `${name} term`, () => {
      const { problem, stageOne } = setup;
      const hessian = anchored(setup);
      const [least] = eigenvalues(hessian, problem.dimension);
      const quadratic = { hessian, minimizer: stageOne };
      return {
        function: quadraticObjective({ ...quadratic, noise: 0, valueNoise: 0 }, problem.dimension, problem.radius),
        modulus: Math.max(0, least) * (1 - 1e-12),
        quadratic,
      };
    });
  const change: NonNullable<Remedy<number>['change']> = (stages, kappa) => () => (stageOne) => {
    const { dimension } = stages.problem;
    const hessian = matrixAt(stages, stageOne, matrix);
    return {
      change(theta, gradient) {
        for (let i = 0, row = 0; i < dimension; i++, row += dimension) {
          let sum = 0;
          for (let j = 0; j < dimension; j++) sum += hessian[row + j] * (theta[j] - stageOne[j]);
          gradient[i] += kappa * sum;
        }
      },
    };
  };
  return {
    ...{ name, label, description, kind: 'term', needs },
    parameter: strength(option, 'the anchor', (setup) => scaleOf(setup, anchored(setup))),
    cost: ({ problem }) => ({ ...oneGradient, vectors: vectors(problem.dimension) }),
    term: (setup, kappa) => termOf(kappa, added(setup).function),
    limit: (setup, kappa, near) => setup.stageOneUnknown ?? limitWithTerm(setup, kappa, added(setup), near),
    change,
    outputs: (setup, kappa) => changedOutputs(setup, change(setup, kappa)),
  };
}

function matrixAt({ problem, first }: ProblemStages, theta: Float64Array, matrix: AnchorKind['matrix']): Float64Array {
  const { dimension } = problem;
  const hessian = new Float64Array(dimension * dimension);
  problem.objectives[first].hessian(theta, hessian);
  return matrix(hessian, dimension);
}

/** How strong P is beside the curvature that it stands for. */
function scaleOf({ problem, first, stageOne }: Setup, matrix: Float64Array): number {
  const { dimension } = problem;
  const hessian = new Float64Array(dimension * dimension);
  problem.objectives[first].hessian(stageOne, hessian);
  const trace = (of: Float64Array): number =>
    Array.from({ length: dimension }, (_, i) => of[i * dimension + i]).reduce((sum, entry) => sum + entry, 0);
  const [wanted, own] = [trace(hessian), trace(matrix)];
  return wanted > 0 && own > 0 ? wanted / own : 1;
}

/**
 * The strength κ of a term of stage two: w_first/w_second by theory.
 * @param scale what to multiply that by for the middle of the curve
 */
export function strength(
  name: string,
  ofWhat: string,
  scale: (setup: Setup) => number = () => 1,
  symbol = 'κ',
): RemedyParameter<number> & Required<Pick<RemedyParameter<number>, 'at'>> {
  return {
    ...{ name, symbol, description: `weight of ${ofWhat} in stage two` },
    parse: nonNegativeText,
    theory: ratioOfWeights,
    at(position, setup) {
      const ratio = ratioOfWeights(setup);
      const middle = (typeof ratio === 'number' && ratio > 0 ? ratio : 1) * scale(setup);
      return position === 1 ? Infinity : (middle * position) / (1 - position);
    },
  };
}

/** w_first/w_second, at which a term that equals the first objective turns stage two into F_λ. */
export function ratioOfWeights({ weightOfFirst, weightOfSecond, lambda }: Setup): number | NoLimit {
  return weightOfSecond > 0 ? weightOfFirst / weightOfSecond : { reason: `its weight is undefined at λ = ${lambda}` };
}
