import { stream, type Stream } from '../../base/random-stream.js';
import type { Extent } from '../extent.js';
import type { Measurement } from '../measurement.js';
import type { Theorem } from '../theorem.js';
import { holds } from '../verify/verdict.js';
import { drawn, familiesOf, type Family } from './families.js';
import type { Instance } from './instance.js';

/** The instance closest to breaking a bound that an attack found. */
export interface Closest {
  readonly id: string;
  readonly file: Instance['file'];
  readonly lambda: number;
  readonly steps: number;
  readonly variant?: string;
  readonly measurement: Measurement;
  readonly bound: number;
}

/**
 * Whether a bound is attacked: one from above on what a run of a schedule does, or one on what a remedy leads to. Those on
 * values or gradients that are random beyond the schedule's own draws are silent on every instance, because no tree gives
 * their expectations.
 */
export function attackable({ kind, schedule, attacked }: Theorem): boolean {
  return attacked ?? ((kind === 'upper' || kind === 'tight') && schedule !== undefined);
}

/** How long an attack searches: for a time, or, so that it ends alike on every machine, for a number of instances. */
export type AttackLimit = { readonly seconds: number } | { readonly instances: number };

/**
 * Looks for an instance that breaks the theorem's bound or comes closest to it, up to the given limit or until it is
 * broken: an evolution strategy, (1 + 1) with a stride that adapts to its success, restarted on a family drawn anew from
 * polyhedral, log-linear and quadratic ones. Expectations are computed over the whole tree of the schedule's draws, so
 * that nothing is won by chance, and a number whose error is not small beside its bound does not count, unless it breaks
 * the bound beyond that error. Undefined where the theorem says nothing about any instance tried.
 */
export async function attack(theorem: Theorem, limit: AttackLimit, seed: number): Promise<Closest | undefined> {
  const random = stream(seed, `attack-${theorem.id}`);
  const end = 'seconds' in limit ? performance.now() + 1000 * limit.seconds : Infinity;
  const most = 'instances' in limit ? limit.instances : Infinity;
  let instances = 0;
  const goesOn = (): boolean => instances < most && performance.now() < end;
  const families = familiesOf(theorem);
  // How often the theorem had nothing to say of a family of which it has said nothing yet.
  const silences = new Map(families.map((family): [Family, number] => [family, 0]));
  let closest: Closest | undefined;
  while (theorem.search !== undefined && goesOn() && !broken(theorem, closest)) {
    instances++;
    const found = searched(theorem, random);
    if (closeness(theorem, found) > closeness(theorem, closest)) closest = found;
  }
  while (goesOn() && silences.size > 0 && !broken(theorem, closest)) {
    const family = [...silences.keys()][random.integer(silences.size)];
    const steps = 1 + random.integer(4);
    let best = await tried(drawn(random, family.count(steps)));
    const before = silences.get(family) ?? 0;
    if (best.silent && before + 1 === enoughSilences) silences.delete(family);
    else silences.set(family, best.silent ? before + 1 : -Infinity);
    // An instance that nothing is said of, one with fewer steps than a period among them, leads nowhere.
    if (best.found === undefined) continue;
    let stride = 0.5;
    for (let failures = 0; failures < 150 && goesOn() && !broken(theorem, best.found);) {
      // Now and then a single parameter moves, so that a corner can be followed.
      const one = random.uniform() < 0.3 ? random.integer(best.parameters.length) : -1;
      const trial = await tried(
        best.parameters.map((value, i) => (one < 0 || one === i ? within(value + stride * random.normal()) : value)),
      );
      if (trial.closeness > best.closeness) {
        best = trial;
        failures = 0;
        stride = Math.min(2, 1.5 * stride);
      } else {
        failures++;
        stride = Math.max(1e-6, 0.93 * stride);
      }
    }
    if (best.found !== undefined && best.closeness > closeness(theorem, closest)) closest = best.found;

    async function tried(parameters: readonly number[]): Promise<AttackTrial> {
      instances++;
      const instance = await family.instance(parameters, steps, theorem);
      const found = evaluate(theorem, instance, steps, seed);
      if (found === 'silent') return { parameters, found: undefined, closeness: -1, silent: true };
      return { parameters, found, closeness: closeness(theorem, found), silent: false };
    }
  }
  return closest;
}

/** What a theorem's own search found, with its bound. */
function searched(theorem: Theorem, random: Stream): Closest | undefined {
  const found = theorem.search?.(random);
  if (found === undefined) return undefined;
  const { constants, ...instance } = found;
  const bound = theorem.value(constants);
  return isTelling(theorem, instance.measurement, bound) ? { id: theorem.id, ...instance, bound } : undefined;
}

/** The share of a bound that the error of the measured number may be for their ratio to say how near the bound is. */
const tellingError = 1e-3;

/** Whether the ratio of a measured number to its bound is more than the error of the number, or breaks the bound beyond that error. */
function isTelling({ kind }: Theorem, measurement: Measurement, bound: number): boolean {
  return measurement.error <= tellingError * Math.abs(bound) || !holds(kind, measurement, bound, 0.5);
}

/** So many instances of which a theorem says nothing show that it says nothing of their family. */
const enoughSilences = 5;

interface AttackTrial {
  readonly parameters: readonly number[];
  readonly found: Closest | undefined;
  readonly closeness: number;
  /** Whether the theorem says nothing of such an instance. */
  readonly silent: boolean;
}

/** How near an instance is to breaking the bound: measured / bound, or its inverse where the bound is from below. */
function closeness({ kind }: Theorem, found: Closest | undefined): number {
  if (found === undefined) return -1;
  const ratio = found.measurement.mean / found.bound;
  if (kind === 'lower') return 1 / ratio;
  return kind === 'exact' ? Math.max(ratio, 1 / ratio) : ratio;
}

function broken({ kind }: Theorem, found: Closest | undefined): boolean {
  return found !== undefined && !holds(kind, found.measurement, found.bound, 0.5);
}

/** The check of a theorem on an instance that is nearest to its bound. */
function evaluate(
  theorem: Theorem,
  { subject, file }: Instance,
  steps: number,
  seed: number,
): Closest | 'silent' | undefined {
  const extent: Extent = { steps: [steps], seeds: 1, seed, rateSteps: [], rateSeeds: 0, wholeTree: true };
  const trials = theorem.trials(subject, extent);
  if ('reason' in trials) return 'silent';
  let nearest: Closest | undefined;
  for (const trial of trials) {
    const { steps: taken, variant, constants } = trial;
    const bound = theorem.value(constants);
    if (!(Number.isFinite(bound) && bound > 1e-9)) continue;
    const measurement = trial.measure();
    if (!isTelling(theorem, measurement, bound)) continue;
    const common = { id: theorem.id, file, lambda: subject.lambda, steps: taken, bound, measurement };
    const found = variant === undefined ? common : { ...common, variant };
    if (closeness(theorem, found) > closeness(theorem, nearest)) nearest = found;
  }
  return nearest;
}

/** Ratios hardly depend on the scale of an instance, which would wander off without this. */
function within(parameter: number): number {
  return Math.max(-10, Math.min(10, parameter));
}
