import type { ProblemFile } from '../../convex/problem/format.js';
import { checkProblemFile } from '../../convex/problem/format.js';
import { createProblem } from '../../convex/problem/create.js';
import { problemData } from '../../convex/problem/data.js';
import { stream, type Stream } from '../../base/random-stream.js';
import type { Measurement } from '../measurement.js';
import { problemSubject } from '../subject.js';
import type { Extent } from '../extent.js';
import type { Theorem } from '../theorem.js';
import { holds } from '../verify/verdict.js';

/** The problem closest to breaking a bound that an attack found. */
export interface Closest {
  readonly id: string;
  readonly file: ProblemFile;
  readonly lambda: number;
  readonly steps: number;
  readonly variant?: string;
  readonly measurement: Measurement;
  readonly bound: number;
}

/** Whether a bound is attacked: one from above, on what a run of a schedule does. */
export function attackable({ id, kind }: Theorem): boolean {
  return (kind === 'upper' || kind === 'tight') && /^[AMX]\./.test(id);
}

/**
 * Looks for a problem that breaks the theorem's bound or comes closest to it, for the given time or until it is broken:
 * random restarts, each followed by a random walk over the problem's parameters that keeps what comes closer.
 * Expectations are computed over the whole tree of ALRIGHT's draws, so that nothing is won by chance.
 * Undefined where the theorem says nothing about any problem tried.
 */
export async function attack(theorem: Theorem, seconds: number, seed: number): Promise<Closest | undefined> {
  const random = stream(seed, `attack-${theorem.id}`);
  const end = performance.now() + 1000 * seconds;
  let closest: Closest | undefined;
  while (performance.now() < end && !broken(theorem, closest)) {
    const family = families[random.integer(families.length)];
    const steps = 2 + random.integer(4);
    let best = await tried(family.parameters(random));
    let stride = 0.5;
    for (let failures = 0; failures < 60 && performance.now() < end && !broken(theorem, best.found);) {
      const trial = await tried(best.parameters.map((value) => within(value + stride * random.normal())));
      if (trial.closeness > best.closeness) {
        best = trial;
        failures = 0;
        stride *= 1.3;
      } else {
        failures++;
        stride *= 0.93;
      }
    }
    if (best.found !== undefined && best.closeness > closeness(closest)) closest = best.found;

    async function tried(parameters: readonly number[]): Promise<Trial> {
      const found = await evaluate(theorem, family.problem(parameters), unit(parameters[0]), steps, seed);
      return { parameters, found, closeness: closeness(found) };
    }
  }
  return closest;
}

interface Trial {
  readonly parameters: readonly number[];
  readonly found: Closest | undefined;
  readonly closeness: number;
}

/** measured / bound. */
function closeness(found: Closest | undefined): number {
  return found === undefined ? -1 : found.measurement.mean / found.bound;
}

function broken({ kind }: Theorem, found: Closest | undefined): boolean {
  return found !== undefined && !holds(kind, found.measurement, found.bound, 0.5);
}

/** The check of a theorem on a problem that is nearest to its bound. */
async function evaluate(
  theorem: Theorem,
  file: ProblemFile,
  lambda: number,
  steps: number,
  seed: number,
): Promise<Closest | undefined> {
  const extent: Extent = { steps: [steps], seeds: 1, seed, rateSteps: [], rateSeeds: 0, wholeTree: true };
  const problem = await createProblem(problemData(checkProblemFile(file)));
  const trials = theorem.trials(problemSubject('attacked', problem, lambda), extent);
  if ('reason' in trials) return undefined;
  let nearest: Closest | undefined;
  for (const trial of trials) {
    const { steps: taken, variant, constants } = trial;
    const bound = theorem.value(constants);
    const common = { id: theorem.id, file, lambda, steps: taken, bound, measurement: trial.measure() };
    const found = variant === undefined ? common : { ...common, variant };
    if (Number.isFinite(bound) && bound > 1e-9 && closeness(found) > closeness(nearest)) nearest = found;
  }
  return nearest;
}

/** Problems as functions of parameters that may be any real numbers, the first of them for λ. */
interface Family {
  parameters(random: Stream): number[];
  problem(parameters: readonly number[]): ProblemFile;
}

/** One preference and one reply on the line or in the plane: from nearly linear to nearly flat, a kink in between. */
function logisticFamily(dimension: number): Family {
  return {
    parameters: ({ normal }) => [normal(), ...Array.from({ length: 4 * dimension }, () => 2 * normal())],
    problem(parameters) {
      const part = (k: number): number[] => parameters.slice(1 + k * dimension, 1 + (k + 1) * dimension);
      const zero = new Array<number>(dimension).fill(0);
      const steep = (vector: readonly number[]): number[] => vector.map((entry) => entry * 10);
      return {
        kind: 'log-linear',
        dimension,
        beta: 1,
        radius: 1,
        start: intoUnitBall(part(0)),
        reference: part(1),
        sft: [{ candidates: [steep(part(2)), zero], target: 0 }],
        dpo: [{ chosen: steep(part(3)), rejected: zero }],
      };
    },
  };
}

/** Two quadratics on the unit ball, or on all of R^d. */
function quadraticFamily(dimension: number, free: boolean): Family {
  const size = dimension * dimension;
  return {
    parameters: ({ normal }) => Array.from({ length: 1 + 2 * size + 3 * dimension }, () => normal()),
    problem(parameters) {
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
      return {
        kind: 'quadratic',
        objectives: {
          dpo: { hessian: hessian(at(0, size)), minimizer: at(2 * size, dimension) },
          sft: { hessian: hessian(at(size, size)), minimizer: at(2 * size + dimension, dimension) },
        },
        ...(free ? { start } : { start: intoUnitBall(start), radius: 1 }),
      };
    },
  };
}

const families = [
  logisticFamily(1),
  logisticFamily(2),
  quadraticFamily(1, false),
  quadraticFamily(2, false),
  quadraticFamily(1, true),
  quadraticFamily(2, true),
];

/** Ratios hardly depend on the scale of a problem, which would wander off without this. */
function within(parameter: number): number {
  return Math.max(-10, Math.min(10, parameter));
}

function unit(parameter: number): number {
  return 1 / (1 + Math.exp(-parameter));
}

function intoUnitBall(vector: readonly number[]): number[] {
  const norm = Math.hypot(...vector);
  return norm <= 1 ? [...vector] : vector.map((entry) => (entry / norm) * (1 - 1e-15));
}
