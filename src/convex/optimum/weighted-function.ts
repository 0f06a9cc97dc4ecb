import type { ConvexFunction, Problem } from '../problem/problem.js';

/** F_λ = λ f_DPO + (1 − λ) f_SFT; an objective of weight 0 is not evaluated. */
export function weightedFunction(problem: Problem, lambda: number): ConvexFunction {
  const { dimension, objectives } = problem;
  const parts = [
    { weight: lambda, objective: objectives.dpo },
    { weight: 1 - lambda, objective: objectives.sft },
  ].filter(({ weight }) => weight > 0);
  const [vector, matrix] = [new Float64Array(dimension), new Float64Array(dimension * dimension)];
  return {
    value: (theta) => parts.reduce((sum, { weight, objective }) => sum + weight * objective.value(theta), 0),
    gradient(theta, gradient) {
      gradient.fill(0);
      let sum = 0;
      for (const { weight, objective } of parts) {
        sum += weight * objective.gradient(theta, vector);
        for (let i = 0; i < dimension; i++) gradient[i] += weight * vector[i];
      }
      return sum;
    },
    hessian(theta, hessian) {
      hessian.fill(0);
      for (const { weight, objective } of parts) {
        objective.hessian(theta, matrix);
        for (let i = 0; i < hessian.length; i++) hessian[i] += weight * matrix[i];
      }
    },
  };
}
