import { allocate } from './arena';
import { Draws, drawStep, Sampler } from './draws';
import { expOf } from './exponential';
import {
  addGradient,
  computeAll,
  computeLosses,
  Forward,
  Iterate,
  iterateAddress,
  moveAlong,
  moveIterate,
  newForward,
  writeAsking,
} from './forward';
import { Objective } from './objective';
import { scaled } from './rows';
import { normal, Stream } from './stream';
import { newWaiting, valueAt, wait, Waiting } from './waiting';

// The rules of src/schedule/schedule.ts.
const STAGES = 0;
const WEIGHTED_SUM = 1;
const DRAW = 2;
const LARGER_GAP = 3;
const SMOOTH_LARGER_GAP = 4;
const THRESHOLD = 5;

// What a step moves along: a bit for each objective whose gradient it asks for.
export const ALONG_DPO = 1;
export const ALONG_SFT = 2;
export const ALONG_BOTH = 3;
/** One of the two, once the losses of both are known. */
const UNDECIDED = 7;

/** The weighted optimality gap of one objective as one run is told it. */
@unmanaged
export class Gap {
  /** The objective's weight and optimum, and the weighted gap last told. */
  weight: f64;
  ideal: f64;
  last: f64;
  /** The deviation of the noise on values, and where it is drawn from. */
  deviation: f64;
  noise: Stream;

  /** Tells a value: its weighted optimality gap, with noise, is kept. */
  @inline
  tell(value: f64): void {
    const told = this.deviation === 0 ? value : value + this.deviation * normal(this.noise);
    this.last = this.weight * (told - this.ideal);
  }
}

/** One run: a schedule with its state, the point, and what is recorded of it. */
@unmanaged
export class Run extends Iterate {
  schedule: i32;
  lambda: f64;
  steps: i32;
  draws: Draws;
  /** Where the last step of the present stage lies, with those of the next ones behind it; which objective it is on. */
  stageEnd: usize;
  isOnDpo: bool;
  /** The probability of DPO at step 1, and how many bytes on the next one lies: 0 where all are equal. */
  probabilities: usize;
  probabilityStride: usize;
  /** The objectives whose values are seen, every so many steps; the next such step. */
  looksFor: i32;
  period: i32;
  looksAt: i32;
  inverseSmoothing: f64;
  /** Where points are added up before a step on either objective, and what the average is made of: not of `skipped` steps. */
  dpoSum: usize;
  sftSum: usize;
  average: usize;
  skipped: i32;
  dpo: Gap;
  sft: Gap;
  /** What the gradient of a step on one objective is multiplied by. */
  dpoFactor: f64;
  sftFactor: f64;
  /** Whether full losses are seen, where a sample's is another. */
  full: bool;
  /** α_1, and how many bytes on the next one lies: 0 where all are equal. */
  stepSizes: usize;
  stepSizeStride: usize;
  /** What this step moves along, and where the run asked for it. */
  along: i32;
  dpoIndex: i32;
  sftIndex: i32;
  /** Whether the loss of the objective moved along is still to be told. */
  isCurious: bool;
  /** The steps recorded after, ascending; how many, and how many so far. */
  record: usize;
  records: i32;
  recorded: i32;
  /** The next step after which something is recorded or the run ends. */
  due: i32;
  /** f_DPO and f_SFT at the last points and at the averages; the points, or 0. */
  values: usize;
  averageValues: usize;
  points: usize;
  gradients: i32;
  evaluations: i32;
  divergedAt: i32;
}

/** Runs on one problem in step; those of one seed share every draw, and so the rows that are read. */
@unmanaged
export class Group {
  pairs: i32;
  radius: f64;
  farAway: f64;
  start: usize;
  /** Addresses of the draws of each seed, and of the runs that go on. */
  draws: usize;
  seeds: i32;
  runs: usize;
  count: i32;
  /** The gradients of the steps. */
  dpo: Forward;
  sft: Forward;
  /** Losses that one run sees on samples of their own. */
  dpoEvaluated: Forward;
  sftEvaluated: Forward;
  /** Whether some run is curious, undecided, or moves along both. */
  curious: bool;
  undecided: bool;
  mixes: bool;
  /** The steps done. */
  step: i32;
  /** Scratch space of a vector. */
  scratch: usize;
  waiting: Waiting;
}

/**
 * A group with scratch for so many seeds with so many runs each, all on samples of `batch` examples; `farAway` is the norm
 * from which a run counts as diverged.
 */
export function newGroup(
  dpo: Objective,
  sft: Objective,
  start: usize,
  radius: f64,
  farAway: f64,
  batch: i32,
  seeds: i32,
  runsOfSeed: i32,
): Group {
  const group = changetype<Group>(allocate(offsetof<Group>()));
  const most = seeds * runsOfSeed;
  group.pairs = dpo.pairs;
  group.radius = radius;
  group.farAway = farAway;
  group.start = start;
  group.draws = allocate(<usize>seeds * sizeof<usize>());
  group.runs = allocate(<usize>most * sizeof<usize>());
  group.dpo = newForward(dpo, batch, most);
  group.sft = newForward(sft, batch, most);
  group.dpoEvaluated = newForward(dpo, batch, 1);
  group.sftEvaluated = newForward(sft, batch, 1);
  group.scratch = allocate((<usize>dpo.pairs) << 4);
  group.waiting = newWaiting(dpo, sft);
  return group;
}

/** Takes all runs of a group to the end of step `until`, those that end earlier or diverge to their own end. */
export function advance(group: Group, until: i32): void {
  if (group.step === 0) finishAll(group, 0);
  while (group.step < until && group.count > 0) {
    const t = ++group.step;
    for (let s = 0; s < group.seeds; s++) drawStep(drawsAt(group, s));
    askAll(group, t);
    computeAll(group.dpo);
    computeAll(group.sft);
    if (group.undecided) decideAll(group);
    moveAll(group, t);
    if (group.curious) tellAll(group);
    finishAll(group, t);
  }
}

/** The choice by the weighted gaps told last. */
function decided(run: Run): i32 {
  let onDpo = run.dpo.last > run.sft.last;
  if (run.schedule !== LARGER_GAP) {
    if (run.schedule === SMOOTH_LARGER_GAP) {
      // A coin below 1/(1 + power), without a division that the choice would wait for.
      const power = expOf((run.sft.last - run.dpo.last) * run.inverseSmoothing);
      const coin = load<f64>(run.draws.coin);
      onDpo = coin + coin * power < 1;
    } else {
      // The gap of the first objective is measured from its threshold.
      const isFirst = (run.looksFor === ALONG_DPO ? run.dpo : run.sft).last > 0;
      run.skipped += i32(isFirst);
      onDpo = isFirst === (run.looksFor === ALONG_DPO);
      if (run.full && !isFirst) run.evaluations++;
    }
  }
  return select(ALONG_DPO, ALONG_SFT, onDpo);
}

function runAt(group: Group, index: i32): Run {
  return changetype<Run>(load<usize>(group.runs + <usize>index * sizeof<usize>()));
}

function drawsAt(group: Group, index: i32): Draws {
  return changetype<Draws>(load<usize>(group.draws + <usize>index * sizeof<usize>()));
}

/** Every run asks for the gradients that step t may need. */
function askAll(group: Group, t: i32): void {
  group.curious = group.undecided = group.mixes = false;
  const dpo = group.dpo.asking;
  const sft = group.sft.asking;
  let dpoCount = 0;
  let sftCount = 0;
  for (let r = 0; r < group.count; r++) {
    const run = runAt(group, r);
    const draws = run.draws;
    const along =
      run.schedule === DRAW
        ? select(ALONG_DPO, ALONG_SFT, load<f64>(draws.coin) < probabilityOf(run, t))
        : alongOf(group, run, t);
    run.along = along;
    // Others go through the list of their objective.
    if (along >= ALONG_BOTH) {
      run.dpoIndex = dpoCount;
      run.sftIndex = sftCount;
    }
    // Both are written, and one counts: a branch that depends on chance would cost more.
    writeAsking(dpo, dpoCount, run, draws.dpo);
    writeAsking(sft, sftCount, run, draws.sft);
    dpoCount += along & 1;
    sftCount += (along >> 1) & 1;
  }
  group.dpo.count = dpoCount;
  group.sft.count = sftCount;
}

function probabilityOf(run: Run, t: i32): f64 {
  return load<f64>(run.probabilities + <usize>(t - 1) * run.probabilityStride);
}

/** What a run's step t moves along, as far as that is known before its gradients. */
function alongOf(group: Group, run: Run, t: i32): i32 {
  if (run.schedule === WEIGHTED_SUM) {
    group.mixes = true;
    return ALONG_BOTH;
  }
  if (run.schedule !== STAGES) return alongByValues(group, run, t);
  while (t > load<i32>(run.stageEnd)) {
    run.stageEnd += 4;
    run.isOnDpo = !run.isOnDpo;
  }
  return select(ALONG_DPO, ALONG_SFT, run.isOnDpo);
}

/**
 * A run moves along the objective that values decide on, which it does not know yet where it looks at losses on the
 * step's own samples; other values it is told at once.
 */
function alongByValues(group: Group, run: Run, t: i32): i32 {
  const draws = run.draws;
  const looks = t === run.looksAt;
  if (looks) {
    run.looksAt += run.period;
    const seesDpo = (run.looksFor & ALONG_DPO) !== 0;
    const seesSft = (run.looksFor & ALONG_SFT) !== 0;
    run.evaluations += i32(seesDpo) + i32(seesSft);
    if (run.full) {
      if (seesDpo) run.dpo.tell(fullValue(group, run, group.dpo.objective));
      if (seesSft) run.sft.tell(fullValue(group, run, group.sft.objective));
    } else if (draws.dpoEvaluated !== draws.dpo) {
      if (seesDpo) run.dpo.tell(valueOn(group.dpoEvaluated, run, draws.dpoEvaluated));
      if (seesSft) run.sft.tell(valueOn(group.sftEvaluated, run, draws.sftEvaluated));
    } else {
      run.isCurious = false;
      group.undecided = true;
      return UNDECIDED;
    }
  }
  const along = decided(run);
  run.isCurious = !run.full;
  if (!run.full) {
    group.curious = true;
  } else if (!looks) {
    run.evaluations++;
    if (along === ALONG_DPO) run.dpo.tell(fullValue(group, run, group.dpo.objective));
    else run.sft.tell(fullValue(group, run, group.sft.objective));
  }
  return along;
}

function fullValue(group: Group, run: Run, objective: Objective): f64 {
  scaled(run.vector, run.scale, group.scratch, group.pairs);
  return valueAt(group.waiting, objective, group.scratch);
}

/** The loss on a sample of its own. */
function valueOn(forward: Forward, run: Run, sampler: Sampler): f64 {
  writeAsking(forward.asking, 0, run, sampler);
  forward.count = 1;
  computeAll(forward);
  computeLosses(forward);
  return forward.lossAt(0);
}

/** The undecided runs are told both losses and decide. */
function decideAll(group: Group): void {
  computeLosses(group.dpo);
  computeLosses(group.sft);
  for (let r = 0; r < group.count; r++) {
    const run = runAt(group, r);
    if (run.along !== UNDECIDED) continue;
    run.dpo.tell(group.dpo.lossAt(run.dpoIndex));
    run.sft.tell(group.sft.lossAt(run.sftIndex));
    run.along = decided(run);
  }
}

/** Every run takes step t. By objective, so that the processor is seldom surprised by what comes next. */
function moveAll(group: Group, t: i32): void {
  moveAlongOne(group, group.dpo, ALONG_DPO, t);
  moveAlongOne(group, group.sft, ALONG_SFT, t);
  if (group.mixes) moveAlongBoth(group, t);
}

function moveAlongOne(group: Group, forward: Forward, along: i32, t: i32): void {
  const scratch = group.scratch;
  for (let index = 0; index < forward.count; index++) {
    const run = changetype<Run>(iterateAddress(forward, index));
    if (run.along !== along) continue;
    const factor = along === ALONG_DPO ? run.dpoFactor : run.sftFactor;
    run.sum = along === ALONG_DPO ? run.dpoSum : run.sftSum;
    moveAlong(forward, index, factor * stepSizeOf(run, t), scratch);
  }
}

function moveAlongBoth(group: Group, t: i32): void {
  const scratch = group.scratch;
  for (let r = 0; r < group.count; r++) {
    const run = runAt(group, r);
    if (run.along !== ALONG_BOTH) continue;
    memory.fill(scratch, 0, (<usize>group.pairs) << 4);
    addGradient(group.dpo, run.dpoIndex, run.lambda, scratch);
    addGradient(group.sft, run.sftIndex, 1 - run.lambda, scratch);
    moveIterate(run, scratch, stepSizeOf(run, t), group.pairs);
  }
}

function stepSizeOf(run: Run, t: i32): f64 {
  return load<f64>(run.stepSizes + <usize>(t - 1) * run.stepSizeStride);
}

/** The curious runs are told the loss at the point before: nothing waits for it before the next choice. */
function tellAll(group: Group): void {
  computeLosses(group.dpo);
  computeLosses(group.sft);
  // By objective, as in moveAll.
  tellAlongOne(group.dpo, ALONG_DPO);
  tellAlongOne(group.sft, ALONG_SFT);
}

function tellAlongOne(forward: Forward, along: i32): void {
  for (let index = 0; index < forward.count; index++) {
    const run = changetype<Run>(iterateAddress(forward, index));
    if (run.isCurious && run.along === along) (along === ALONG_DPO ? run.dpo : run.sft).tell(forward.lossAt(index));
  }
}

/** Every run is projected; those that have something to record, or have come to their end, are attended to. */
function finishAll(group: Group, t: i32): void {
  let ends = false;
  for (let r = 0; r < group.count; r++) {
    const run = runAt(group, r);
    const norm = sqrt(run.squares);
    if (norm > group.radius) {
      run.scale = group.radius / norm;
    } else {
      run.scale = 1;
      if (!(norm <= group.farAway)) run.divergedAt = run.due = t;
    }
    if (t !== run.due) continue;
    recordIfDue(group, run, t);
    run.due = nextDue(run);
    const isEnd = run.divergedAt !== 0 || t >= run.steps;
    if (isEnd) count(run, t);
    ends = ends || isEnd;
  }
  if (ends) dropEnded(group, t);
}

/** Counts the gradients of a run of so many steps, and the full losses that come with them although nobody asks. */
function count(run: Run, steps: i32): void {
  run.gradients = run.schedule === WEIGHTED_SUM ? 2 * steps : steps;
  if (run.full && run.looksFor === 0) run.evaluations = run.gradients;
}

/** Leaves those runs in a group that go on after step t. */
function dropEnded(group: Group, t: i32): void {
  let left = group.runs;
  for (let r = 0; r < group.count; r++) {
    const run = runAt(group, r);
    if (run.divergedAt !== 0 || t >= run.steps) continue;
    store<usize>(left, changetype<usize>(run));
    left += sizeof<usize>();
  }
  group.count = <i32>((left - group.runs) / sizeof<usize>());
}

/** Puts the point and the average so far among those that wait for their values, where step t is to be recorded. */
function recordIfDue(group: Group, run: Run, t: i32): void {
  const at = run.recorded;
  if (at >= run.records || load<i32>(run.record + ((<usize>at) << 2)) !== t) return;
  run.recorded++;
  const waiting = group.waiting;
  if (run.points !== 0)
    scaled(run.vector, run.scale, run.points + <usize>at * ((<usize>group.pairs) << 4), group.pairs);
  scaled(run.vector, run.scale, wait(waiting, run.values + ((<usize>at) << 4)), group.pairs);
  const average = wait(waiting, run.averageValues + ((<usize>at) << 4));
  const averaged = t - run.skipped;
  if (averaged === 0) scaled(run.vector, run.scale, average, group.pairs);
  else scaled(run.average, 1 / <f64>averaged, average, group.pairs);
}

/** The next step after which something is recorded or a run ends. */
function nextDue(run: Run): i32 {
  return run.recorded < run.records ? load<i32>(run.record + ((<usize>run.recorded) << 2)) : run.steps;
}
