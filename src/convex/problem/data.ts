import type { ObjectiveName, Pair } from '../../schedule/schedule.js';
import { InputError } from '../../base/input-error.js';
import { checkedPreferenceLoss } from '../../preference-loss/index.js';
import type { PreferenceLossSettings } from '../../preference-loss/preference-loss.js';
import type { CheckedProblemFile } from './format.js';
import { newFeatureRows, writeRow, type FeatureRows } from './feature-rows.js';
import { newArena, type Arena } from './arena.js';
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

/** The SFT examples: each has a row φ_k − φ_target for every candidate other than the target. */
export interface LogLinearSftData {
  readonly rows: FeatureRows;
}

/** The DPO examples: each has one row, φ(chosen) − φ(rejected). */
export interface LogLinearDpoData {
  readonly rows: FeatureRows;
  readonly loss: PreferenceLossSettings;
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
 * A problem's numbers as plain data, its large arrays in shared memory where there is one, so that workers receive it
 * without a copy (`createProblem` makes the functions from it).
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
  const arena = newArena();
  const objective = (name: ObjectiveName): QuadraticObjectiveData => {
    const { hessian, minimizer, noise, valueNoise } = file.objectives[name];
    const field = `objectives.${name}`;
    checkLength(`${field}.minimizer`, minimizer, dimension);
    checkLength(`${field}.hessian`, hessian, dimension);
    hessian.forEach((row, i) => {
      checkLength(`${field}.hessian[${i}]`, row, dimension);
    });
    const flat = arena.numbers(hessian.flat());
    checkPositiveSemidefinite(`${field}.hessian`, flat, dimension, file.radius ?? Infinity);
    return { hessian: flat, minimizer: arena.numbers(minimizer), noise, valueNoise };
  };
  return {
    kind: 'quadratic',
    ...domain(arena, file.start, file.radius, dimension),
    objectives: { dpo: objective('dpo'), sft: objective('sft') },
  };
}

function logLinearData(file: Extract<CheckedProblemFile, { kind: 'log-linear' }>): LogLinearData {
  const { dimension, beta, preferenceLoss = 'dpo', labelSmoothing } = file;
  const smoothing = labelSmoothing !== undefined && { labelSmoothing };
  const loss = checkedPreferenceLoss({ loss: preferenceLoss, beta, ...smoothing });
  checkLength('reference', file.reference, dimension);
  file.sft.forEach(({ candidates, target }, n) => {
    candidates.forEach((candidate, k) => {
      checkLength(`sft[${n}].candidates[${k}]`, candidate, dimension);
    });
    if (target >= candidates.length) {
      throw new InputError(`sft[${n}].target`, target, `an index below the ${candidates.length} candidates`);
    }
  });
  file.dpo.forEach(({ chosen, rejected }, n) => {
    checkLength(`dpo[${n}].chosen`, chosen, dimension);
    checkLength(`dpo[${n}].rejected`, rejected, dimension);
  });

  const arena = newArena();
  const common = domain(arena, file.start, file.radius, dimension);
  const othersOf = file.sft.map(({ candidates, target }) => candidates.filter((_, k) => k !== target));
  const sft = newFeatureRows(
    othersOf.map((others) => others.length),
    dimension,
    arena,
  );
  othersOf.forEach((others, n) => {
    const { candidates, target } = file.sft[n];
    others.forEach((other, k) => {
      writeRow(sft, n, k, (i) => other[i] - candidates[target][i]);
    });
  });
  const dpo = newFeatureRows(
    file.dpo.map(() => 1),
    dimension,
    arena,
  );
  file.dpo.forEach(({ chosen, rejected }, n) => {
    writeRow(dpo, n, 0, (i) => chosen[i] - rejected[i]);
  });
  return {
    kind: 'log-linear',
    ...common,
    reference: arena.numbers(file.reference),
    sft: { rows: sft },
    dpo: { rows: dpo, loss },
  };
}

function expressionData(file: Extract<CheckedProblemFile, { kind: 'expression' }>): ExpressionData {
  const { variables, objectives, noise, valueNoise, strongConvexity = { dpo: 0, sft: 0 } } = file;
  // As expressions are read: é is one name, however it is composed.
  const names = variables.map((name) => name.normalize('NFC'));
  const repeated = variables.find((_, i) => names.indexOf(names[i]) !== i);
  if (repeated !== undefined) throw new InputError('variables', repeated, 'every name once');
  if (file.radius === undefined && !(strongConvexity.dpo > 0 && strongConvexity.sft > 0)) {
    throw new InputError('radius', undefined, 'a positive radius, or a positive strongConvexity of both objectives');
  }
  return {
    kind: 'expression',
    ...domain(newArena(), file.start, file.radius, variables.length),
    variables,
    objectives,
    noise,
    valueNoise,
    strongConvexity,
  };
}

function domain(arena: Arena, start: readonly number[], radius = Infinity, dimension: number): CommonData {
  checkLength('start', start, dimension);
  const norm = Math.hypot(...start);
  if (norm > radius)
    throw new InputError('start', start, `a point in the ball of radius ${radius} (its norm is ${norm})`);
  return { dimension, start: arena.numbers(start), radius };
}

function checkLength(field: string, values: readonly unknown[], length: number): void {
  if (values.length !== length) {
    throw new InputError(field, values, `${length} ${length === 1 ? 'entry' : 'entries'}, not ${values.length}`);
  }
}
