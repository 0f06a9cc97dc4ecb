import { allocate, reset } from './arena';
import { expOf, logOnePlusOf } from './exponential';
import { Draws, newDraws, newSampler } from './draws';
import { Objective, DPO, QUADRATIC, SFT } from './objective';
import { advance, ALONG_BOTH, ALONG_DPO, ALONG_SFT, Gap, Group, newGroup as group, Run } from './run';
import { normal, seededStream, Stream, uniform, uniforms, useZiggurat } from './stream';
import { evaluateWaiting } from './waiting';

// What the caller (src/convex/simulate/kernel) sees: addresses are bytes, and everything but the problem's arrays is made here.
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

/** f_DPO of `count` examples, one row each: a loss of `factor` times their margins, with its ε or aim. */
export function preferenceObjective(
  dimension: i32,
  rows: usize,
  count: i32,
  shifts: usize,
  loss: i32,
  factor: f64,
  setting: f64,
): Objective {
  const objective = newObjective(DPO, dimension, rows);
  objective.count = count;
  objective.shifts = shifts;
  objective.loss = loss;
  objective.factor = factor;
  objective.setting = setting;
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
  run.sum = run.average = run.dpoSum = run.sftSum = allocate(bytes);
  memory.copy(run.vector, set.start, bytes);
  run.scale = 1;
  run.dpoFactor = run.sftFactor = 1;
  run.dpo = changetype<Gap>(allocate(offsetof<Gap>()));
  run.sft = changetype<Gap>(allocate(offsetof<Gap>()));
  store<usize>(set.runs + <usize>set.count * sizeof<usize>(), changetype<usize>(run));
  set.count++;
  return run;
}

/** The last steps (i32) of a run's stages on one objective and the other in turn; that of the last stage is never reached. */
export function setStages(run: Run, ends: usize, startsWithDpo: bool): void {
  run.stageEnd = ends;
  run.isOnDpo = startsWithDpo;
}

/** Where the probability of DPO at step 1 lies, and how many bytes on the next one: 0 where all are equal. */
export function setProbabilities(run: Run, probabilities: usize, stride: usize): void {
  run.probabilities = probabilities;
  run.probabilityStride = stride;
}

/** How often both values are seen, and the optima. */
export function setGaps(run: Run, period: i32, idealDpo: f64, idealSft: f64): void {
  run.looksFor = ALONG_BOTH;
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

/** By how much the larger gap is preferred. */
export function setSmoothing(run: Run, smoothing: f64): void {
  run.inverseSmoothing = 1 / smoothing;
}

/** The objective that is stepped on where its value lies above a threshold; the average goes over the other steps. */
export function setThreshold(run: Run, ofDpo: bool, threshold: f64): void {
  run.looksFor = ofDpo ? ALONG_DPO : ALONG_SFT;
  run.period = 1;
  run.looksAt = 1;
  const unused = allocate(run.draws.dpo.objective.pairs << 4);
  const gap = ofDpo ? run.dpo : run.sft;
  gap.weight = 1;
  gap.ideal = threshold;
  if (ofDpo) run.dpoSum = unused;
  else run.sftSum = unused;
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
