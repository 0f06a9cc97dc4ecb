import { InputError } from '../base/input-error.js';
import { inner } from '../base/vector.js';
import { minimize } from '../convex/optimum/minimize.js';
import { evaluatePrecisely } from '../convex/optimum/weighted-function.js';
import { normBound } from '../convex/matrix/precise-sum.js';
import { spectrum } from '../convex/problem/positive-semidefinite.js';
import type { ConvexFunction, Objective } from '../convex/problem/problem.js';
import { certifiedLimit } from './limit.js';
import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { changedOutputs } from './runs.js';
import { once, type Setup } from './setup.js';

/**
 * Subspace, as a LoRA-only stage two: θ_1 + Bz, B the leading eigenvectors of the Hessian of the second objective at the
 * end θ_1 of stage one. For quadratics the limit is θ_1 + B(BᵀA_2B)⁻¹BᵀA_2(θ_2 − θ_1). It has nothing to do with λ.
 */
export const subspace: Remedy<number> = {
  name: 'subspace',
  label: 'Subspace',
  description: 'stage two in the leading eigenvectors of its Hessian alone',
  kind: 'term',
  needs: needsNothing,
  parameter: {
    name: 'subspace',
    symbol: 'r',
    description: 'dimension of the subspace that stage two moves in',
    parse(text, field) {
      const value = Number(text);
      if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
        throw new InputError(field, text, 'an integer ≥ 0');
      }
      return value;
    },
    standard: ({ problem }) => Math.ceil(problem.dimension / 2),
    curve({ problem: { dimension } }) {
      const points = Math.min(dimension, 16);
      return Array.from({ length: points + 1 }, (_, i) => Math.round((i * dimension) / points));
    },
  },
  cost: ({ problem }, rank) => ({ ...oneGradient, vectors: Math.min(rank, problem.dimension) + 1 }),
  limit(setup, rank) {
    const { problem, stageOne, second } = setup;
    checkRank(setup, rank);
    if (setup.stageOneUnknown !== undefined) return setup.stageOneUnknown;
    if (rank === 0) return { minimizer: stageOne, certificate: 0 };
    const basis = once(setup, 'basis of stage two', () => eigenvectors(setup, stageOne)).slice(0, rank);
    const origin = Float64Array.from(stageOne);
    for (const vector of basis) addTo(origin, -inner(vector, stageOne), vector);
    const objective = problem.objectives[second];
    const inside = restricted(objective, origin, basis);
    // Of orthonormal vectors and an origin orthogonal to them, the ball is one around it.
    const radius = Math.sqrt(Math.max(0, problem.radius ** 2 - inner(origin, origin)));
    const found = minimize(inside, {
      start: Float64Array.from(basis, (vector) => inner(vector, stageOne)),
      radius,
      modulus: objective.constants.strongConvexity * (1 - 1e-12),
      nonsmooth: problem.data.kind === 'expression',
    });
    const limit = certifiedLimit(inside, found, radius);
    return 'reason' in limit ? limit : { ...limit, minimizer: pointOf(origin, basis, limit.minimizer) };
  },
  outputs(setup, rank) {
    checkRank(setup, rank);
    return changedOutputs(setup, () => (stageOne) => {
      const basis = eigenvectors(setup, stageOne).slice(0, rank);
      return {
        change(_theta, gradient) {
          const coordinates = basis.map((vector) => inner(vector, gradient));
          gradient.fill(0);
          basis.forEach((vector, k) => {
            addTo(gradient, coordinates[k], vector);
          });
        },
      };
    });
  },
};

function checkRank({ problem: { dimension } }: Setup, rank: number): void {
  if (rank > dimension) throw new InputError('subspace', rank, `at most the ${dimension} dimensions of θ`);
}

/** The eigenvectors of the second objective's Hessian at a point, those of the largest eigenvalues first. */
function eigenvectors({ problem, second }: Setup, theta: Float64Array): Float64Array[] {
  const { dimension } = problem;
  const hessian = new Float64Array(dimension * dimension);
  problem.objectives[second].hessian(theta, hessian);
  const { values, vectors } = spectrum(hessian, dimension);
  const order = Array.from(values, (_, k) => k).sort((a, b) => values[b] - values[a]);
  return order.map((k) => Float64Array.from({ length: dimension }, (_, i) => vectors.get(i, k)));
}

function pointOf(origin: Float64Array, basis: readonly Float64Array[], coordinates: Float64Array): Float64Array {
  const theta = Float64Array.from(origin);
  basis.forEach((vector, k) => {
    addTo(theta, coordinates[k], vector);
  });
  return theta;
}

/** z ↦ f(origin + Bz). */
function restricted(f: Objective, origin: Float64Array, basis: readonly Float64Array[]): ConvexFunction {
  const dimension = origin.length;
  const at = (coordinates: Float64Array): Float64Array => pointOf(origin, basis, coordinates);
  const [full, matrix] = [new Float64Array(dimension), new Float64Array(dimension * dimension)];
  return {
    value: (z) => f.value(at(z)),
    gradient(z, gradient) {
      const value = f.gradient(at(z), full);
      basis.forEach((vector, k) => (gradient[k] = inner(vector, full)));
      return value;
    },
    hessian(z, hessian) {
      f.hessian(at(z), matrix);
      const images = basis.map((vector) =>
        Float64Array.from({ length: dimension }, (_, i) =>
          inner(matrix.subarray(i * dimension, (i + 1) * dimension), vector),
        ),
      );
      basis.forEach((vector, k) => {
        for (let j = 0; j <= k; j++) {
          hessian[k * basis.length + j] = hessian[j * basis.length + k] = inner(vector, images[j]);
        }
      });
    },
    evaluatePrecisely(z) {
      const theta = at(z);
      const { value, valueError, gradient, gradientError } = evaluatePrecisely(f, theta);
      // θ is rounded, and so are the products with B.
      const moved = 4 * (basis.length + 2) * Number.EPSILON * (normBound(origin) + normBound(z));
      const slope = normBound(gradient.high) + gradientError;
      const { smoothness } = f.constants;
      const high = Float64Array.from(basis, (vector) => inner(vector, gradient.high));
      const rounding = 4 * (dimension + 2) * Number.EPSILON * slope;
      return {
        value,
        valueError: valueError + slope * moved + (smoothness < Infinity ? smoothness * moved * moved : 0),
        gradient: { high, low: Float64Array.from(basis, (vector) => inner(vector, gradient.low)) },
        gradientError: gradientError + rounding + (smoothness < Infinity ? smoothness * moved : 0),
      };
    },
  };
}

function addTo(vector: Float64Array, weight: number, other: Float64Array): void {
  for (let i = 0; i < vector.length; i++) vector[i] += weight * other[i];
}
