import { allocate, reset } from './arena';
import { expOf, logOnePlusOf } from './exponential';
import { newSampler, Objective, Sampler, DPO, QUADRATIC, SFT } from './objective';
import { advance, evaluateWaiting, Group, newGroup, Observed, Run } from './run';
import { integer, normal, seededStream, Stream, uniform, useZiggurat } from './stream';

// What the caller (src/simulate/kernel) sees: addresses are bytes, and everything but the problem's arrays is made here.
export {
  advance,
  allocate,
  evaluateWaiting,
  expOf,
  integer,
  logOnePlusOf,
  normal,
  reset,
  seededStream,
  uniform,
  useZiggurat,
};

/** The room that SFT's logits, or a gradient with a block of rows to spare, need. */
function withRoom(objective: Objective): Objective {
  const numbers = max(2 * objective.pairs, objective.mostRows) + 16;
  objective.gradient = allocate((<usize>numbers) << 3);
  return objective;
}

function newObjective(kind: i32, dimension: i32, rows: usize): Objective {
  const objective = changetype<Objective>(allocate(offsetof<Objective>()));
  objective.kind = kind;
  objective.dimension = dimension;
  objective.pairs = (dimension + 1) >> 1;
  objective.rows = rows;
  return objective;
}

/** f_SFT of `count` examples, the rows of each a block. */
export function sftObjective(dimension: i32, rows: usize, count: i32, offsets: usize, mostRows: i32): Objective {
  const objective = newObjective(SFT, dimension, rows);
  objective.count = count;
  objective.offsets = offsets;
  objective.mostRows = mostRows;
  return withRoom(objective);
}

/** f_DPO of `count` examples, one row each. */
export function dpoObjective(dimension: i32, rows: usize, count: i32, shifts: usize, beta: f64): Objective {
  const objective = newObjective(DPO, dimension, rows);
  objective.count = count;
  objective.shifts = shifts;
  objective.beta = beta;
  return withRoom(objective);
}

/** ½ (θ − c)ᵀ A (θ − c), A in blocks of eight rows. */
export function quadraticObjective(dimension: i32, rows: usize, minimizer: usize, noise: f64): Objective {
  const objective = newObjective(QUADRATIC, dimension, rows);
  objective.minimizer = minimizer;
  objective.noise = noise;
  objective.displacement = allocate((<usize>objective.pairs) << 4);
  return withRoom(objective);
}

/** A group of at most so many runs; `farAway` is the norm from which a run counts as diverged. */
export function group(dpo: Objective, sft: Objective, start: usize, radius: f64, farAway: f64, most: i32): Group {
  return newGroup(dpo, sft, start, radius, farAway, most);
}

/** The samples of the steps of all runs, from their streams. */
export function setSamples(set: Group, dpo: Stream, sft: Stream, batch: i32): void {
  set.dpoSampler = set.dpoEvaluated = newSampler(set.dpo, dpo, batch);
  set.sftSampler = set.sftEvaluated = newSampler(set.sft, sft, batch);
}

/** The samples that values are seen on, where those are others. */
export function setEvaluationSamples(set: Group, dpo: Stream, sft: Stream, batch: i32): void {
  set.dpoEvaluated = newSampler(set.dpo, dpo, batch);
  set.sftEvaluated = newSampler(set.sft, sft, batch);
}

/** The stream of coins. */
export function setCoins(set: Group, choice: Stream): void {
  set.choice = choice;
  set.hasCoin = true;
}

/** One more run of a group, at its start. */
export function addRun(set: Group, schedule: i32, lambda: f64, steps: i32, full: bool): Run {
  const run = changetype<Run>(allocate(offsetof<Run>()));
  const bytes = (<usize>set.pairs) << 4;
  run.schedule = schedule;
  run.lambda = lambda;
  run.steps = steps;
  run.full = full;
  run.point = allocate(bytes);
  run.sum = allocate(bytes);
  memory.copy(run.point, set.start, bytes);
  run.scale = 1;
  run.dpo = newObserved(set.dpo, set.dpoSampler, set.dpoEvaluated);
  run.sft = newObserved(set.sft, set.sftSampler, set.sftEvaluated);
  store<usize>(set.runs + <usize>set.count * sizeof<usize>(), changetype<usize>(run));
  set.count++;
  return run;
}

function newObserved(objective: Objective, sampler: Sampler, evaluated: Sampler): Observed {
  const observed = changetype<Observed>(allocate(offsetof<Observed>()));
  observed.objective = objective;
  observed.sampler = sampler;
  observed.evaluated = evaluated;
  return observed;
}

/** The stages of a run on one objective, then the other. */
export function setStages(run: Run, switchAfter: i32, startsWithDpo: bool): void {
  run.switchAfter = switchAfter;
  run.startsWithDpo = startsWithDpo;
}

/** MAXRIGHT's period and optima. */
export function setMaxright(run: Run, period: i32, idealDpo: f64, idealSft: f64): void {
  run.period = period;
  run.dpo.weight = run.lambda;
  run.dpo.ideal = idealDpo;
  run.sft.weight = 1 - run.lambda;
  run.sft.ideal = idealSft;
}

/** The noise on the values that a run sees. */
export function setValueNoise(run: Run, onDpo: bool, deviation: f64, noise: Stream): void {
  const observed = onDpo ? run.dpo : run.sft;
  observed.deviation = deviation;
  observed.noise = noise;
}

/** Where α_1 lies, and how many bytes on the next one: 0 where all are equal. */
export function setStepSizes(run: Run, stepSizes: usize, stride: usize): void {
  run.stepSizes = stepSizes;
  run.stepSizeStride = stride;
}

/** The steps to record after (i32, ascending), where the values go, and where the points, or 0. */
export function setRecord(
  run: Run,
  record: usize,
  records: i32,
  values: usize,
  averageValues: usize,
  points: usize,
): void {
  run.record = record;
  run.records = records;
  run.values = values;
  run.averageValues = averageValues;
  run.points = points;
}

export function gradientsOf(run: Run): i32 {
  return run.gradients;
}

export function evaluationsOf(run: Run): i32 {
  return run.evaluations;
}

export function divergedAtOf(run: Run): i32 {
  return run.divergedAt;
}
