import { padded } from '../../problem/feature-rows.js';
import { schedules } from '../../../schedule/index.js';
import type { KernelRule, ObjectiveName, Schedule } from '../../../schedule/schedule.js';
import { streamKey } from '../../../base/random-stream.js';
import type { RunSettings, Trajectory } from '../trajectory.js';
import { newKernel, type Address, type Kernel } from './instance.js';
import type { ArenaProblem } from './arena-problem.js';
import { kernelLossOf } from './preference-loss.js';
import { newSequences, type SequencePlace, type Sequences } from './sequences.js';

/** A run to be made: a schedule and how it goes. */
export interface Member {
  readonly schedule: Schedule;
  readonly settings: RunSettings;
}

/**
 * Whether kernels know how a run goes: its schedule is one of this package's own and says how kernels run it under these
 * settings, and there is a step size for every step that no gradient decides.
 */
export function knows(member: Member): boolean {
  if (member.settings.adaptive === true) return false;
  return member.settings.stepSizes.length >= member.settings.schedule.steps && ruleOf(member) !== undefined;
}

/** How a kernel runs a schedule; a copy of one, whose functions may be others than its rule says, is no schedule of ours. */
function ruleOf({ schedule, settings }: Member): KernelRule | undefined {
  const isOwn = Object.hasOwn(schedules, schedule.name) && schedules[schedule.name] === schedule;
  return isOwn ? schedule.kernel?.(schedule.init(settings.schedule)) : undefined;
}

/** A member whose rule is known. */
interface RuledMember extends Member {
  readonly rule: KernelRule;
}

function ruled(member: Member): RuledMember {
  const rule = ruleOf(member);
  if (rule === undefined) throw new Error(`kernels do not know the schedule ${member.schedule.name}`);
  return { ...member, rule };
}

/**
 * Runs of every seed on one problem, as `runTrajectory` defines them, in step: a list of trajectories a seed, in the
 * order of the members. Runs of one seed draw the same samples, so every feature row is read once for all of them. No
 * number depends on what is run together.
 */
export function runTogether(
  problem: ArenaProblem,
  members: readonly Member[],
  seeds: readonly number[],
): Trajectory[][] {
  const trajectories = seeds.map(() => new Array<Trajectory>(members.length));
  for (const indices of alike(members)) {
    const some = indices.map((index) => ruled(members[index]));
    const size = seedsAtOnce(problem, some);
    for (let first = 0; first < seeds.length; first += size) {
      runGroup(problem, some, seeds.slice(first, first + size)).forEach((runs, i) => {
        runs.forEach((run, j) => (trajectories[first + i][indices[j]] = run));
      });
    }
  }
  return trajectories;
}

/** The indices of the members that draw alike: same minibatches, and the same ones for values. */
function alike(members: readonly Member[]): number[][] {
  const groups = new Map<string, number[]>();
  members.forEach(({ settings: { batch, gradientBatch } }, index) => {
    const key = `${batch} ${gradientBatch}`;
    groups.set(key, [...(groups.get(key) ?? []), index]);
  });
  return [...groups.values()];
}

/** How many steps are taken in one call, so that a kernel's functions are soon run as optimised code. */
const stepsAtOnce = 512;

/** Points and sums of more bytes than this would not stay in the first-level cache beside the rows. */
const nearBytes = 16384;
const mostSeedsAtOnce = 8;

/**
 * How many seeds go in step, so that the processor always has one to go on with while another waits for its results:
 * as many as there is room for near it.
 */
function seedsAtOnce({ dimension }: ArenaProblem, members: readonly Member[]): number {
  if (members.some(({ settings }) => settings.recordPoints === true)) return 1;
  const bytes = members.length * 2 * 8 * padded(dimension);
  return Math.min(mostSeedsAtOnce, Math.max(1, Math.floor(nearBytes / bytes)));
}

/** Runs of members that draw alike, all seeds in step. */
function runGroup(problem: ArenaProblem, members: readonly RuledMember[], seeds: readonly number[]): Trajectory[][] {
  const kernel = kernelOf(problem);
  kernel.reset();
  const { batch, gradientBatch } = members[0].settings;
  const { start, radius, farAway } = problem;
  const [dpo, sft] = [place(problem, kernel, 'dpo'), place(problem, kernel, 'sft')];
  const group = kernel.group(dpo, sft, start, radius, farAway, batch, seeds.length, members.length);
  const sequences = newSequences(kernel);
  const arrays = members.map((member) => placeArrays(sequences, member));
  const runs = seeds.map((seed) => {
    const streamOf = (purpose: string): Address => newStream(kernel, seed, purpose);
    const draws = kernel.addDraws(group, streamOf('dpo-sample'), streamOf('sft-sample'), batch);
    if (gradientBatch === 'fresh') {
      kernel.setEvaluationSamples(draws, streamOf('dpo-evaluation'), streamOf('sft-evaluation'), batch);
    }
    if (members.some(({ rule: { kind } }) => drawing.includes(kind))) kernel.setCoins(draws, streamOf('choice'));
    return members.map((member, i) => addRun(problem, kernel, group, draws, member, arrays[i], seed));
  });
  const steps = Math.max(...members.map(({ settings }) => settings.schedule.steps));
  let done = 0;
  do {
    done = Math.min(steps, done + stepsAtOnce);
    kernel.advance(group, done);
  } while (kernel.goesOn(group) !== 0);
  kernel.finish(group);
  return runs.map((ofSeed) => ofSeed.map((run) => trajectoryOf(problem, kernel, run)));
}

/** A run in a kernel's memory, and where it leaves what is recorded. */
interface ArenaRun {
  readonly address: Address;
  readonly records: number;
  readonly values: Address;
  readonly averageValues: Address;
  /** 0 where no points are recorded. */
  readonly points: Address;
}

function addRun(
  problem: ArenaProblem,
  kernel: Kernel,
  group: Address,
  draws: Address,
  { settings, rule }: RuledMember,
  { stepSizes, ends, probabilities }: MemberArrays,
  seed: number,
): ArenaRun {
  const { steps } = settings.schedule;
  const isLogLinear = problem.dpo.kind === 'dpo';
  const full = settings.values === 'full' && isLogLinear;
  const lambda = 'lambda' in rule ? rule.lambda : settings.schedule.lambda;
  const address = kernel.addRun(group, draws, kinds[rule.kind], lambda, steps, full);
  switch (rule.kind) {
    case 'stages':
      kernel.setStages(address, ends, rule.first === 'dpo');
      break;
    case 'draw':
      kernel.setProbabilities(address, probabilities.address, probabilities.stride);
      break;
    case 'larger-gap':
      kernel.setGaps(address, Math.min(rule.period, mostSteps), rule.ideal.dpo, rule.ideal.sft);
      kernel.setFactors(address, rule.factors.dpo, rule.factors.sft);
      addValueNoise(problem, kernel, address, settings, seed);
      break;
    case 'smooth-larger-gap':
      kernel.setGaps(address, 1, rule.ideal.dpo, rule.ideal.sft);
      kernel.setFactors(address, lambda, 1 - lambda);
      kernel.setSmoothing(address, rule.smoothing);
      addValueNoise(problem, kernel, address, settings, seed);
      break;
    case 'threshold':
      kernel.setThreshold(address, rule.first === 'dpo', rule.threshold);
      addValueNoise(problem, kernel, address, settings, seed);
  }
  kernel.setStepSizes(address, stepSizes.address, stepSizes.stride);

  const { record } = settings;
  const recordPlace = kernel.allocate(4 * record.length);
  new Int32Array(kernel.memory.buffer, recordPlace, record.length).set(record);
  const run = {
    address,
    records: record.length,
    values: kernel.allocate(16 * record.length),
    averageValues: kernel.allocate(16 * record.length),
    points: settings.recordPoints === true ? kernel.allocate(8 * padded(problem.dimension) * record.length) : 0,
  };
  kernel.setRecord(address, recordPlace, record.length, run.values, run.averageValues, run.points);
  return run;
}

/** What kernels call the rules (assembly/convex/run.ts). */
const kinds = {
  ...{ stages: 0, 'weighted-sum': 1, draw: 2 },
  ...{ 'larger-gap': 3, 'smooth-larger-gap': 4, threshold: 5 },
} satisfies Record<KernelRule['kind'], number>;

/** The rules that draw a coin. */
const drawing: readonly KernelRule['kind'][] = ['draw', 'smooth-larger-gap'];

/** The largest number of steps that a kernel can count. */
const mostSteps = 2 ** 31 - 1;

/** A schedule is told values with noise, from streams of the run's own: what it draws depends on what it chose. */
function addValueNoise(problem: ArenaProblem, kernel: Kernel, run: Address, settings: RunSettings, seed: number): void {
  for (const name of ['dpo', 'sft'] as const) {
    const placed = problem[name];
    const deviation = settings.valueNoise ?? (placed.kind === 'quadratic' ? placed.valueNoise : 0);
    if (deviation === 0) continue;
    kernel.setValueNoise(run, name === 'dpo', deviation, newStream(kernel, seed, `${name}-value-noise`));
  }
}

function trajectoryOf({ dimension }: ArenaProblem, kernel: Kernel, run: ArenaRun): Trajectory {
  const { address, records } = run;
  const numbers = (at: Address, length: number): Float64Array =>
    Float64Array.from(new Float64Array(kernel.memory.buffer, at, length));
  const points = new Float64Array(run.points === 0 ? 0 : records * dimension);
  if (run.points !== 0) {
    const stride = padded(dimension);
    const recorded = new Float64Array(kernel.memory.buffer, run.points, records * stride);
    for (let at = 0; at < records; at++) {
      points.set(recorded.subarray(at * stride, at * stride + dimension), at * dimension);
    }
  }
  return {
    values: numbers(run.values, 2 * records),
    averageValues: numbers(run.averageValues, 2 * records),
    points,
    gradients: kernel.gradientsOf(address),
    evaluations: kernel.evaluationsOf(address),
    divergedAt: kernel.divergedAtOf(address),
  };
}

/** What a kernel reads of a member beside its settings. */
interface MemberArrays {
  readonly stepSizes: SequencePlace;
  /** The ends of its stages, of a member that has some. */
  readonly ends: Address;
  readonly probabilities: SequencePlace;
}

function placeArrays(place: Sequences, { rule, settings }: RuledMember): MemberArrays {
  const { steps } = settings.schedule;
  return {
    stepSizes: place.numbers(settings.stepSizes.subarray(0, steps)),
    ends: rule.kind === 'stages' ? place.integers([...rule.ends, mostSteps]) : 0,
    probabilities: place.numbers(rule.kind === 'draw' ? probabilitiesOf(rule, steps) : Float64Array.of(0)),
  };
}

/** The probability of DPO at every step; one number where it is always the same. */
function probabilitiesOf(
  { dpoProbability }: Extract<KernelRule, { readonly kind: 'draw' }>,
  steps: number,
): Float64Array {
  if (typeof dpoProbability === 'number') return Float64Array.of(dpoProbability);
  const probabilities = new Float64Array(steps);
  for (let t = 1; t <= steps; t++) probabilities[t - 1] = dpoProbability(t);
  return probabilities;
}

/** Tells a kernel where an objective's arrays lie. */
function place(problem: ArenaProblem, kernel: Kernel, name: ObjectiveName): Address {
  const { dimension } = problem;
  const objective = problem[name];
  switch (objective.kind) {
    case 'sft':
      return kernel.sftObjective(dimension, objective.rows, objective.count, objective.offsets, objective.mostRows);
    case 'dpo': {
      const { rows, count, shifts, loss } = objective;
      const { number, factor, setting } = kernelLossOf(loss);
      return kernel.preferenceObjective(dimension, rows, count, shifts, number, factor, setting);
    }
    case 'quadratic':
      return kernel.quadraticObjective(dimension, objective.rows, objective.minimizer, objective.noise);
  }
}

function newStream(kernel: Kernel, seed: number, purpose: string): Address {
  const key = streamKey(seed, purpose);
  const at = kernel.allocate(4 * key.length);
  new Uint32Array(kernel.memory.buffer, at, key.length).set(key);
  return kernel.seededStream(at, key.length);
}

/** The kernels of the problems that this thread ran last, by the problem's number, the last one last. */
const kernels = new Map<number, Kernel>();
const mostKernels = 16;

function kernelOf(problem: ArenaProblem): Kernel {
  const kernel = kernels.get(problem.id) ?? newKernel(problem.memory);
  kernels.delete(problem.id);
  kernels.set(problem.id, kernel);
  const [oldest] = kernels.keys();
  if (kernels.size > mostKernels) kernels.delete(oldest);
  kernel.useZiggurat(problem.ratios, problem.abscissae);
  return kernel;
}
