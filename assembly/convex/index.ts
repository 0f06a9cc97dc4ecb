import { allocate, reset } from './arena';
import { expOf, logOnePlusOf } from './exponential';
import { Draws, newDraws, newSampler } from './draws';
import { Objective, DPO, QUADRATIC, SFT } from './objective';
import { advance, Gap, Group, newGroup as group, Run } from './run';
import { normal, seededStream, Stream, uniform, uniforms, useZiggurat } from './stream';
import { evaluateWaiting } from './waiting';

// What the caller (src/simulate/kernel) sees: addresses are bytes, and everything but the problem's arrays is made here.
export { advance, allocate, expOf, group, logOnePlusOf, normal, reset, seededStream, uniform, uniforms, useZiggurat };

/** With room for a gradient, or for SFT's logits and what is written behind them. */
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

/** ½ (θ − c)ᵀ A (θ − c), A row by row; behind it there is one more number. */
export function quadraticObjective(dimension: i32, rows: usize, minimizer: usize, noise: f64): Objective {
  const objective = newObjective(QUADRATIC, dimension, rows);
  objective.minimizer = minimizer;
  objective.noise = noise;
  objective.displacement = allocate((<usize>objective.pairs) << 4);
  return withRoom(objective);
}

/** One more seed of a group, with the samples of its steps from their streams. */
export function addDraws(set: Group, dpo: Stream, sft: Stream, batch: i32): Draws {
  const draws = newDraws(newSampler(set.dpo.objective, dpo, batch), newSampler(set.sft.objective, sft, batch));
  store<usize>(set.draws + <usize>set.seeds * sizeof<usize>(), changetype<usize>(draws));
  set.seeds++;
  return draws;
}

/** The samples that values are seen on, where those are others. */
export function setEvaluationSamples(draws: Draws, dpo: Stream, sft: Stream, batch: i32): void {
  draws.dpoEvaluated = newSampler(draws.dpo.objective, dpo, batch);
  draws.sftEvaluated = newSampler(draws.sft.objective, sft, batch);
}

/** The stream of coins. */
export function setCoins(draws: Draws, choice: Stream): void {
  draws.choice = choice;
  draws.hasCoin = true;
}

/** One more run of a group on the draws of its seed, at its start. */
export function addRun(set: Group, draws: Draws, schedule: i32, lambda: f64, steps: i32, full: bool): Run {
  const run = changetype<Run>(allocate(offsetof<Run>()));
  const bytes = (<usize>set.pairs) << 4;
  run.schedule = schedule;
  run.lambda = lambda;
  run.steps = steps;
  run.full = full;
  run.draws = draws;
  run.vector = allocate(bytes);
  run.sum = allocate(bytes);
  memory.copy(run.vector, set.start, bytes);
  run.scale = 1;
  run.dpoFactor = run.sftFactor = 1;
  run.dpo = changetype<Gap>(allocate(offsetof<Gap>()));
  run.sft = changetype<Gap>(allocate(offsetof<Gap>()));
  store<usize>(set.runs + <usize>set.count * sizeof<usize>(), changetype<usize>(run));
  set.count++;
  return run;
}

/** The stages of a run on one objective, then the other, again after every `cycle` steps. */
export function setStages(run: Run, switchAfter: i32, startsWithDpo: bool, cycle: i32): void {
  run.switchAfter = switchAfter;
  run.startsWithDpo = startsWithDpo;
  run.cycle = run.cycleEnd = cycle;
}

/** MAXRIGHT's period and optima. */
export function setMaxright(run: Run, period: i32, idealDpo: f64, idealSft: f64): void {
  run.period = period;
  run.looksAt = 1;
  run.dpo.weight = run.lambda;
  run.dpo.ideal = idealDpo;
  run.sft.weight = 1 - run.lambda;
  run.sft.ideal = idealSft;
}

/** What the gradients of a run's steps on one objective are multiplied by. */
export function setFactors(run: Run, dpo: f64, sft: f64): void {
  run.dpoFactor = dpo;
  run.sftFactor = sft;
}

/** The noise on the values that a run sees. */
export function setValueNoise(run: Run, onDpo: bool, deviation: f64, noise: Stream): void {
  const gap = onDpo ? run.dpo : run.sft;
  gap.deviation = deviation;
  gap.noise = noise;
}

/** Evaluates the recorded points that still wait. */
export function finish(set: Group): void {
  evaluateWaiting(set.waiting);
}

/** Whether runs of a group go on. */
export function goesOn(set: Group): bool {
  return set.count > 0;
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
