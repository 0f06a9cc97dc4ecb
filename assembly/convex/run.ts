import { allocate } from './arena';
import {
  addGradient,
  draw,
  fetchUpcoming,
  forward,
  lossSeen,
  Objective,
  QUADRATIC,
  rowBytes,
  Sampler,
  sampleValue,
  stepAlong,
  valuesAt,
} from './objective';
import { moveBy, scaled } from './rows';
import { normal, Stream, uniform } from './stream';

// The schedules of src/schedule.
export const FIRST_THEN_SECOND = 0;
export const MIX = 1;
export const ALRIGHT = 2;
export const MAXRIGHT = 3;

/** How many points wait to be evaluated together. */
const WAITING: i32 = 32;

/** One of the two objectives as one run meets it. */
@unmanaged
export class Observed {
  objective: Objective;
  /** The sample of the step, and the one that values are seen on. */
  sampler: Sampler;
  evaluated: Sampler;
  /** The weight of its optimality gap, its optimum, and the weighted gap last seen. */
  weight: f64;
  ideal: f64;
  gap: f64;
  /** The deviation of the noise on values, and where it is drawn from. */
  deviation: f64;
  noise: Stream;
  /** Whether the gap was seen at this step already, so that the step itself tells nothing new. */
  told: bool;
  /** Whether the last `forward` of the sampler was at the present point. */
  isForward: bool;
}

/** One run: a schedule with its state, the point, and what is recorded of it. */
@unmanaged
export class Run {
  schedule: i32;
  lambda: f64;
  steps: i32;
  /** The last step on the first objective; which that is. */
  switchAfter: i32;
  startsWithDpo: bool;
  period: i32;
  dpo: Observed;
  sft: Observed;
  /** Whether full losses are seen, where a sample's is another. */
  full: bool;
  /** α_1, and how many bytes on the next one lies: 0 where all are equal. */
  stepSizes: usize;
  stepSizeStride: usize;
  /** The point is `scale` times the vector that lies here: the projection waits for the next step to pass through it. */
  point: usize;
  scale: f64;
  sum: usize;
  /** The steps recorded after, ascending; how many, and how many so far. */
  record: usize;
  records: i32;
  recorded: i32;
  /** f_DPO and f_SFT at the last points and at the averages; the points, or 0. */
  values: usize;
  averageValues: usize;
  points: usize;
  gradients: i32;
  evaluations: i32;
  divergedAt: i32;
}

/** Runs of one seed on one problem, in step: they share every draw, and so the rows that are read. */
@unmanaged
export class Group {
  pairs: i32;
  radius: f64;
  farAway: f64;
  start: usize;
  dpo: Objective;
  sft: Objective;
  dpoSampler: Sampler;
  sftSampler: Sampler;
  dpoEvaluated: Sampler;
  sftEvaluated: Sampler;
  choice: Stream;
  hasCoin: bool;
  /** Where the coins of several steps lie, drawn at once, and that of the present step. */
  coins: usize;
  coin: usize;
  /** Whether the rows do not stay in the nearest caches by themselves. */
  fetches: bool;
  /** Addresses of the runs. */
  runs: usize;
  count: i32;
  /** The steps done. */
  step: i32;
  /** Room for a vector. */
  room: usize;
  /** Points that wait for their values, and where those go. */
  waiting: usize;
  destinations: usize;
  waitingCount: i32;
  /** Room for a number a waiting point. */
  rest: usize;
  waitingValues: usize;
}

/** Bytes of the coins drawn at once. */
const COIN_BYTES: usize = 512;

/** Bytes that stay in the second-level cache by themselves. */
const NEAR: usize = 1 << 19;

/** A group without runs, with room for so many. */
export function newGroup(dpo: Objective, sft: Objective, start: usize, radius: f64, farAway: f64, most: i32): Group {
  const group = changetype<Group>(allocate(offsetof<Group>()));
  const bytes = (<usize>dpo.pairs) << 4;
  group.pairs = dpo.pairs;
  group.radius = radius;
  group.farAway = farAway;
  group.start = start;
  group.dpo = dpo;
  group.sft = sft;
  group.runs = allocate(<usize>most * sizeof<usize>());
  group.room = allocate(bytes);
  group.coins = allocate(COIN_BYTES + 16);
  group.coin = group.coins + COIN_BYTES;
  group.waiting = allocate(bytes * <usize>WAITING);
  group.destinations = allocate(<usize>WAITING * sizeof<usize>());
  group.rest = allocate((<usize>(WAITING + 1)) << 3);
  group.waitingValues = allocate((<usize>(WAITING + 1)) << 3);
  group.fetches = dpo.kind !== QUADRATIC && rowBytes(dpo) + rowBytes(sft) > NEAR;
  return group;
}

/** Takes all runs of a group to the end of step `until`, those that end earlier or diverge to their own end. */
export function advance(group: Group, until: i32): void {
  if (group.step === 0) for (let r = 0; r < group.count; r++) recordIfDue(group, runAt(group, r), 0);
  while (group.step < until) {
    const t = ++group.step;
    draw(group.dpoSampler);
    draw(group.sftSampler);
    if (group.dpoEvaluated !== group.dpoSampler) {
      if (group.dpo.kind !== QUADRATIC) draw(group.dpoEvaluated);
      if (group.sft.kind !== QUADRATIC) draw(group.sftEvaluated);
    }
    if (group.hasCoin) drawCoin(group);
    const coin = load<f64>(group.coin);
    if (group.fetches) fetchAhead(group, t + 1);
    for (let r = 0; r < group.count; r++) {
      const run = runAt(group, r);
      if (t <= run.steps && run.divergedAt === 0) step(group, run, t, coin);
    }
  }
}

function drawCoin(group: Group): void {
  group.coin += 8;
  if (group.coin < group.coins + COIN_BYTES) return;
  for (let at: usize = 0; at < COIN_BYTES; at += 8) store<f64>(group.coins + at, uniform(group.choice));
  group.coin = group.coins;
}

/**
 * Fetches the rows that the runs will most likely need at step t. MAXRIGHT may still choose otherwise, and so may
 * ALRIGHT at the steps whose coin is not drawn yet.
 */
function fetchAhead(group: Group, t: i32): void {
  let dpo = false;
  let sft = false;
  const upcomingCoin = load<f64>(group.coin, 8);
  for (let r = 0; r < group.count; r++) {
    const run = runAt(group, r);
    if (run.schedule === MIX || (run.schedule === MAXRIGHT && looksAtBoth(run, t))) dpo = sft = true;
    else if (run.schedule === MAXRIGHT ? prefersDpo(run) : takesDpo(run, t, upcomingCoin)) dpo = true;
    else sft = true;
  }
  if (dpo) fetchUpcoming(group.dpoSampler, group.count > 1);
  if (sft) fetchUpcoming(group.sftSampler, group.count > 1);
}

/** Whether MAXRIGHT sees both values before step t. */
function looksAtBoth(run: Run, t: i32): bool {
  return (t - 1) % run.period === 0;
}

/** MAXRIGHT's choice by the weighted gaps it last saw. */
function prefersDpo(run: Run): bool {
  return run.dpo.gap > run.sft.gap;
}

/** The choice of ALRIGHT and of runs in stages, which depends on no value. */
function takesDpo(run: Run, t: i32, coin: f64): bool {
  return run.schedule === ALRIGHT ? coin < run.lambda : t <= run.switchAfter === run.startsWithDpo;
}

function runAt(group: Group, index: i32): Run {
  return changetype<Run>(load<usize>(group.runs + <usize>index * sizeof<usize>()));
}

/** Step t of a run; `coin` is the step's uniform number. */
function step(group: Group, run: Run, t: i32, coin: f64): void {
  const stepSize = load<f64>(run.stepSizes + <usize>(t - 1) * run.stepSizeStride);
  let squares: f64;
  switch (run.schedule) {
    case MIX:
      squares = mixedStep(group, run, stepSize);
      break;
    case MAXRIGHT: {
      const dpo = run.dpo;
      const sft = run.sft;
      dpo.told = dpo.isForward = sft.told = sft.isForward = false;
      if (looksAtBoth(run, t)) {
        see(group, run, dpo);
        see(group, run, sft);
        run.evaluations += 2;
      }
      // A branch, so that a step starts on the choice that the processor expects before the last loss is known.
      if (prefersDpo(run)) squares = greedyStep(group, run, dpo, stepSize);
      else squares = greedyStep(group, run, sft, stepSize);
      break;
    }
    default:
      squares = singleStep(group, run, takesDpo(run, t, coin) ? run.dpo : run.sft, stepSize);
  }
  const norm = sqrt(squares);
  if (norm > group.radius) {
    run.scale = group.radius / norm;
  } else {
    run.scale = 1;
    if (!(norm <= group.farAway)) run.divergedAt = t;
  }
  recordIfDue(group, run, t);
}

/** A step on one objective whose value nobody asks for; full losses are counted as if they were computed. */
function singleStep(group: Group, run: Run, chosen: Observed, stepSize: f64): f64 {
  forward(chosen.sampler, run.point, run.scale);
  run.gradients++;
  if (run.full) run.evaluations++;
  return stepAlong(chosen.sampler, stepSize, run.scale, run.point, run.sum, group.room);
}

function mixedStep(group: Group, run: Run, stepSize: f64): f64 {
  const room = group.room;
  memory.fill(room, 0, (<usize>group.pairs) << 4);
  forward(run.dpo.sampler, run.point, run.scale);
  addGradient(run.dpo.sampler, run.lambda, room);
  forward(run.sft.sampler, run.point, run.scale);
  addGradient(run.sft.sampler, 1 - run.lambda, room);
  run.gradients += 2;
  if (run.full) run.evaluations += 2;
  return moveBy(room, stepSize, run.scale, run.point, run.sum, group.pairs);
}

/** MAXRIGHT's step on the objective it has chosen, whose loss is seen unless it was before the choice. */
function greedyStep(group: Group, run: Run, chosen: Observed, stepSize: f64): f64 {
  const sampler = chosen.sampler;
  const isKnown = chosen.told && (run.full || chosen.evaluated === sampler);
  if (!isKnown && run.full) {
    run.evaluations++;
    tell(chosen, fullValue(group, run, chosen.objective));
  }
  if (!chosen.isForward) forward(sampler, run.point, run.scale);
  run.gradients++;
  const squares = stepAlong(sampler, stepSize, run.scale, run.point, run.sum, group.room);
  // The loss at the point before: it takes long to compute, and nothing waits for it before the next choice.
  if (!isKnown && !run.full) tell(chosen, lossSeen(sampler));
  return squares;
}

/** Sees an objective's value before the choice. */
function see(group: Group, run: Run, observed: Observed): void {
  if (run.full) {
    tell(observed, fullValue(group, run, observed.objective));
  } else if (observed.evaluated === observed.sampler) {
    forward(observed.sampler, run.point, run.scale);
    tell(observed, lossSeen(observed.sampler));
    observed.isForward = true;
  } else {
    tell(observed, sampleValue(observed.evaluated, run.point, run.scale));
  }
  observed.told = true;
}

/** Keeps the weighted optimality gap of a value, with its noise. */
function tell(observed: Observed, value: f64): void {
  const seen = observed.deviation === 0 ? value : value + observed.deviation * normal(observed.noise);
  observed.gap = observed.weight * (seen - observed.ideal);
}

function fullValue(group: Group, run: Run, objective: Objective): f64 {
  scaled(run.point, run.scale, group.room, group.pairs);
  // The waiting points' own room for numbers is free between evaluations.
  valuesAt(objective, group.room, 0, 1, group.rest, group.waitingValues);
  return load<f64>(group.waitingValues);
}

/** Puts the point and the average so far among those that wait for their values, where the step is to be recorded. */
function recordIfDue(group: Group, run: Run, t: i32): void {
  const at = run.recorded;
  if (at >= run.records || load<i32>(run.record + ((<usize>at) << 2)) !== t) return;
  run.recorded++;
  const bytes = (<usize>group.pairs) << 4;
  if (run.points !== 0) scaled(run.point, run.scale, run.points + <usize>at * bytes, group.pairs);
  if (group.waitingCount + 2 > WAITING) evaluateWaiting(group);
  scaled(run.point, run.scale, wait(group, run.values + ((<usize>at) << 4)), group.pairs);
  const average = wait(group, run.averageValues + ((<usize>at) << 4));
  if (t === 0) memory.copy(average, run.point, bytes);
  else scaled(run.sum, 1 / <f64>t, average, group.pairs);
}

/** The room of one more waiting point, whose two values go to `destination`. */
function wait(group: Group, destination: usize): usize {
  const index = <usize>group.waitingCount;
  group.waitingCount++;
  store<usize>(group.destinations + index * sizeof<usize>(), destination);
  return group.waiting + ((index * <usize>group.pairs) << 4);
}

/** Evaluates the waiting points. */
export function evaluateWaiting(group: Group): void {
  writeValues(group, group.dpo, 0);
  writeValues(group, group.sft, 8);
  group.waitingCount = 0;
}

function writeValues(group: Group, objective: Objective, offset: usize): void {
  const count = group.waitingCount;
  valuesAt(objective, group.waiting, (<usize>group.pairs) << 4, count, group.rest, group.waitingValues);
  for (let p: usize = 0; p < <usize>count; p++) {
    const destination = load<usize>(group.destinations + p * sizeof<usize>());
    store<f64>(destination + offset, load<f64>(group.waitingValues + (p << 3)));
  }
}
