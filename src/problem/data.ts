import type { ObjectiveName, Pair } from '../schedule/schedule.js';
import { InputError } from '../input-error.js';
import type { CheckedProblemFile } from './format.js';
import { checkPositiveSemidefinite } from './positive-semidefinite.js';

/** What every kind of problem has: d, the start θ_0, and the radius of the ball (Infinity for all of R^d). */
interface CommonData {
  readonly dimension: number;
  readonly start: Float64Array;
  readonly radius: number;
}

/** One quadratic objective: Hessian (d × d, row-major), minimiser, and the noise of its gradients and values. */
export interface QuadraticObjectiveData {
  readonly hessian: Float64Array;
  readonly minimizer: Float64Array;
  readonly noise: number;
  readonly valueNoise: number;
}

/** A quadratic pair. */
export interface QuadraticData extends CommonData {
  readonly kind: 'quadratic';
  readonly objectives: Readonly<Record<ObjectiveName, QuadraticObjectiveData>>;
}

/** The SFT examples: of example n, rows offsets[n] … offsets[n + 1] − 1 hold φ_k − φ_target of the other candidates. */
export interface LogLinearSftData {
  readonly differences: Float64Array;
  readonly offsets: Int32Array;
}

/** The DPO examples: row n holds φ(chosen) − φ(rejected). */
export interface LogLinearDpoData {
  readonly differences: Float64Array;
  readonly beta: number;
}

/**
 * A log-linear pair. Both losses depend on the features only through differences within an example
 * (the normaliser cancels), so only these are kept.
 */
export interface LogLinearData extends CommonData {
  readonly kind: 'log-linear';
  readonly reference: Float64Array;
  readonly sft: LogLinearSftData;
  readonly dpo: LogLinearDpoData;
}

/** A pair of expressions. */
export interface ExpressionData extends CommonData {
  readonly kind: 'expression';
  readonly variables: readonly string[];
  readonly objectives: Readonly<Record<ObjectiveName, string>>;
  readonly noise: Pair;
  readonly valueNoise: Pair;
  /** Moduli of strong convexity that the author vouches for; 0 where none is given. */
  readonly strongConvexity: Pair;
}

/**
 * A problem's numbers as plain data, its large arrays in shared memory, so that workers receive it without a copy
 * (`createProblem` makes the functions from it).
 */
export type ProblemData = QuadraticData | LogLinearData | ExpressionData;

/** The data of a checked problem file; throws an InputError where its fields do not fit together. */
export function problemData(file: CheckedProblemFile): ProblemData {
  switch (file.kind) {
    case 'quadratic':
      return quadraticData(file);
    case 'log-linear':
      return logLinearData(file);
    case 'expression':
      return expressionData(file);
  }
}

function quadraticData(file: Extract<CheckedProblemFile, { kind: 'quadratic' }>): QuadraticData {
  const dimension = file.start.length;
  const objective = (name: ObjectiveName): QuadraticObjectiveData => {
    const { hessian, minimizer, noise, valueNoise } = file.objectives[name];
    const field = `objectives.${name}`;
    checkLength(`${field}.minimizer`, minimizer, dimension);
    checkLength(`${field}.hessian`, hessian, dimension);
    hessian.forEach((row, i) => {
      checkLength(`${field}.hessian[${i}]`, row, dimension);
    });
    const flat = sharedArray(hessian.flat());
    checkPositiveSemidefinite(`${field}.hessian`, flat, dimension);
    return { hessian: flat, minimizer: sharedArray(minimizer), noise, valueNoise };
  };
  return {
    kind: 'quadratic',
    ...domain(file.start, file.radius, dimension),
    objectives: { dpo: objective('dpo'), sft: objective('sft') },
  };
}

function logLinearData(file: Extract<CheckedProblemFile, { kind: 'log-linear' }>): LogLinearData {
  const { dimension, beta } = file;
  checkLength('reference', file.reference, dimension);
  const offsets = new Int32Array(newBuffer(4 * (file.sft.length + 1)));
  file.sft.forEach(({ candidates, target }, n) => {
    candidates.forEach((candidate, k) => {
      checkLength(`sft[${n}].candidates[${k}]`, candidate, dimension);
    });
    if (target >= candidates.length) {
      throw new InputError(`sft[${n}].target`, target, `an index below the ${candidates.length} candidates`);
    }
    offsets[n + 1] = offsets[n] + candidates.length - 1;
  });
  const sft = sharedArray(offsets[file.sft.length] * dimension);
  let at = 0;
  for (const { candidates, target } of file.sft) {
    candidates.forEach((candidate, k) => {
      if (k === target) return;
      for (let i = 0; i < dimension; i++) sft[at++] = candidate[i] - candidates[target][i];
    });
  }
  const dpo = sharedArray(file.dpo.length * dimension);
  file.dpo.forEach(({ chosen, rejected }, n) => {
    checkLength(`dpo[${n}].chosen`, chosen, dimension);
    checkLength(`dpo[${n}].rejected`, rejected, dimension);
    for (let i = 0; i < dimension; i++) dpo[n * dimension + i] = chosen[i] - rejected[i];
  });
  return {
    kind: 'log-linear',
    ...domain(file.start, file.radius, dimension),
    reference: sharedArray(file.reference),
    sft: { differences: sft, offsets },
    dpo: { differences: dpo, beta },
  };
}

function expressionData(file: Extract<CheckedProblemFile, { kind: 'expression' }>): ExpressionData {
  const { variables, objectives, noise, valueNoise, strongConvexity = { dpo: 0, sft: 0 } } = file;
  const repeated = variables.find((name, i) => variables.indexOf(name) !== i);
  if (repeated !== undefined) throw new InputError('variables', repeated, 'every name once');
  if (file.radius === undefined && !(strongConvexity.dpo > 0 && strongConvexity.sft > 0)) {
    throw new InputError('radius', undefined, 'a positive radius, or a positive strongConvexity of both objectives');
  }
  return {
    kind: 'expression',
    ...domain(file.start, file.radius, variables.length),
    variables,
    objectives,
    noise,
    valueNoise,
    strongConvexity,
  };
}

function domain(start: readonly number[], radius = Infinity, dimension: number): CommonData {
  checkLength('start', start, dimension);
  const norm = Math.hypot(...start);
  if (norm > radius)
    throw new InputError('start', start, `a point in the ball of radius ${radius} (its norm is ${norm})`);
  return { dimension, start: sharedArray(start), radius };
}

function checkLength(field: string, values: readonly unknown[], length: number): void {
  if (values.length !== length) {
    throw new InputError(field, values, `${length} ${length === 1 ? 'entry' : 'entries'}, not ${values.length}`);
  }
}

function sharedArray(content: number | readonly number[]): Float64Array {
  const length = typeof content === 'number' ? content : content.length;
  const array = new Float64Array(newBuffer(8 * length));
  if (typeof content !== 'number') array.set(content);
  return array;
}

/** Memory that threads can share; a browser has none for pages that are not isolated. */
function newBuffer(bytes: number): ArrayBufferLike {
  return typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);
}
