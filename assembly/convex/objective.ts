import { allocate } from './arena';
import { Lanes, expOf, logOnePlusOf } from './exponential';
import { addRows, moveBy, moveByRows, MOST_ROWS, product, products, scaled } from './rows';
import { integer, normal, Stream } from './stream';

/** f_SFT of a log-linear policy: examples with rows δ_k = φ_k − φ_target. */
export const SFT = 0;
/** f_DPO of a log-linear policy: one row z = φ(chosen) − φ(rejected) an example. */
export const DPO = 1;
/** ½ (θ − c)ᵀ A (θ − c) with Gaussian gradient noise. */
export const QUADRATIC = 2;

/** How many rows of a Hessian make a block. */
const BLOCK = 8;

/** An objective: its kind, and what objectives of that kind are made of. */
@unmanaged
export class Objective {
  kind: i32;
  /** Half the padded dimension. */
  pairs: i32;
  dimension: i32;
  /** Blocks of rows: of SFT an example each, of a quadratic 8 rows of A each; of DPO plain rows. */
  rows: usize;
  /** SFT and DPO: the number of examples. */
  count: i32;
  /** SFT: the first row of every example and the end of the last, and the most rows of one. */
  offsets: usize;
  mostRows: i32;
  /** DPO: θ_refᵀ z of every example, and β. */
  shifts: usize;
  beta: f64;
  /** A quadratic's c. */
  minimizer: usize;
  /** A quadratic's deviation of the gradient noise, of one draw. */
  noise: f64;
  /** Room for θ − c, and for a gradient. */
  displacement: usize;
  gradient: usize;
}

/** The samples of an objective in a run, and what was computed on the last. */
@unmanaged
export class Sampler {
  objective: Objective;
  stream: Stream;
  batch: i32;
  /** The drawn examples (i32), or the drawn noise. */
  drawn: usize;
  /** The examples of the step after, drawn ahead so that their rows can be fetched. */
  upcoming: usize;
  /** For every example its rows' coefficients in the gradient, `slot` bytes apart; of a quadratic the gradient. */
  coefficients: usize;
  slot: usize;
  /** Room for one number an example. */
  margins: usize;
}

/** The samples of an objective from a stream. */
export function newSampler(objective: Objective, stream: Stream, batch: i32): Sampler {
  const sampler = changetype<Sampler>(allocate(offsetof<Sampler>()));
  sampler.objective = objective;
  sampler.stream = stream;
  sampler.batch = batch;
  if (objective.kind === QUADRATIC) {
    sampler.drawn = allocate((<usize>objective.pairs) << 4);
    sampler.coefficients = allocate(((<usize>objective.pairs) << 4) + 8 * BLOCK);
  } else {
    sampler.drawn = allocate((<usize>batch) << 2);
    sampler.upcoming = allocate((<usize>batch) << 2);
    drawUpcoming(sampler);
    sampler.slot = objective.kind === SFT ? (<usize>(objective.mostRows + BLOCK + 2)) << 3 : 8;
    sampler.coefficients = allocate(<usize>batch * sampler.slot + 8 * BLOCK);
    sampler.margins = allocate((<usize>(batch + 1)) << 3);
  }
  return sampler;
}

/** Draws the sample of the next step. */
export function draw(sampler: Sampler): void {
  const objective = sampler.objective;
  const drawn = sampler.drawn;
  if (objective.kind === QUADRATIC) {
    if (objective.noise === 0) return;
    const deviation = objective.noise / sqrt(<f64>sampler.batch);
    for (let i = 0; i < objective.dimension; i++) {
      store<f64>(drawn + ((<usize>i) << 3), deviation * normal(sampler.stream));
    }
  } else {
    sampler.drawn = sampler.upcoming;
    sampler.upcoming = drawn;
    drawUpcoming(sampler);
  }
}

function drawUpcoming(sampler: Sampler): void {
  for (let b = 0; b < sampler.batch; b++) {
    store<i32>(sampler.upcoming + ((<usize>b) << 2), integer(sampler.stream, sampler.objective.count));
  }
}

/** The sum of what was read to fetch it, kept so that reading it is not left out as useless. */
let fetched: u64 = 0;

/** A line of the cache. */
const LINE: usize = 64;

/** Reads a word of every line of the rows that the step after needs: they arrive while this step is computed. */
export function fetchUpcoming(sampler: Sampler): void {
  const objective = sampler.objective;
  let words: u64 = 0;
  for (let b = 0; b < sampler.batch; b++) {
    const n = load<i32>(sampler.upcoming + ((<usize>b) << 2));
    const rows = exampleRows(objective, n);
    const end = rows + ((<usize>(rowCount(objective, n) * objective.pairs)) << 4);
    for (let at = rows; at < end; at += LINE) words += load<u64>(at);
  }
  fetched += words;
}

/**
 * Computes what the gradient on the drawn sample is made of.
 * Returns the loss seen with it; of log-linear objectives only where asked for.
 */
export function forward(sampler: Sampler, theta: usize, wantsLoss: bool): f64 {
  switch (sampler.objective.kind) {
    case SFT:
      return forwardSft(sampler, theta, wantsLoss);
    case DPO:
      return forwardDpo(sampler, theta, wantsLoss);
    default:
      return forwardQuadratic(sampler, theta);
  }
}

function forwardSft(sampler: Sampler, theta: usize, wantsLoss: bool): f64 {
  const objective = sampler.objective;
  let loss: f64 = 0;
  let coefficients = sampler.coefficients;
  for (let b = 0; b < sampler.batch; b++, coefficients += sampler.slot) {
    const n = load<i32>(sampler.drawn + ((<usize>b) << 2));
    const count = rowCount(objective, n);
    products(exampleRows(objective, n), count, theta, objective.pairs, coefficients);
    powers(coefficients, count);
    const normaliser = f64x2.splat(1 / (1 + others));
    for (let at: usize = 0; at < (<usize>count) << 3; at += 16) {
      v128.store(coefficients + at, f64x2.mul(v128.load(coefficients + at), normaliser));
    }
    if (wantsLoss) loss += largest + logOnePlusOf(others);
  }
  return loss / <f64>sampler.batch;
}

function forwardDpo(sampler: Sampler, theta: usize, wantsLoss: bool): f64 {
  const objective = sampler.objective;
  const batch = sampler.batch;
  const margins = sampler.margins;
  for (let b = 0; b < batch; b++) {
    const n = load<i32>(sampler.drawn + ((<usize>b) << 2));
    store<f64>(margins + ((<usize>b) << 3), rewardMargin(objective, n, theta));
  }
  const one = f64x2.splat(1);
  const beta = f64x2.splat(-objective.beta);
  for (let at: usize = 0; at < (<usize>batch) << 3; at += 16) {
    const h = v128.load(margins + at);
    const power = Lanes.exp(f64x2.neg(f64x2.abs(h)));
    // σ(−h) without overflow.
    const numerator = v128.bitselect(power, one, f64x2.ge(h, f64x2.splat(0)));
    const logistic = f64x2.div(numerator, f64x2.add(one, power));
    v128.store(sampler.coefficients + at, f64x2.mul(beta, logistic));
    if (wantsLoss) v128.store(margins + at, Lanes.softplusOfNegative(h, power));
  }
  if (!wantsLoss) return 0;
  let loss: f64 = 0;
  for (let b = 0; b < batch; b++) loss += load<f64>(margins + ((<usize>b) << 3));
  return loss / <f64>batch;
}

function forwardQuadratic(sampler: Sampler, theta: usize): f64 {
  const objective = sampler.objective;
  const gradient = sampler.coefficients;
  const value = quadraticGradient(objective, theta, gradient);
  if (objective.noise !== 0) {
    for (let at: usize = 0; at < (<usize>objective.pairs) << 4; at += 16) {
      v128.store(gradient + at, f64x2.add(v128.load(gradient + at), v128.load(sampler.drawn + at)));
    }
  }
  return value;
}

/** Adds weight × the gradient of the last `forward` to a vector. Spoils what `forward` left. */
export function addGradient(sampler: Sampler, weight: f64, vector: usize): void {
  const objective = sampler.objective;
  const pairs = objective.pairs;
  if (objective.kind === QUADRATIC) {
    scaled(sampler.coefficients, weight, sampler.coefficients, pairs);
    for (let at: usize = 0; at < (<usize>pairs) << 4; at += 16) {
      v128.store(vector + at, f64x2.add(v128.load(vector + at), v128.load(sampler.coefficients + at)));
    }
    return;
  }
  const each = weight / <f64>sampler.batch;
  let coefficients = sampler.coefficients;
  for (let b = 0; b < sampler.batch; b++, coefficients += sampler.slot) {
    const n = load<i32>(sampler.drawn + ((<usize>b) << 2));
    const count = scaleCoefficients(objective, n, coefficients, each);
    addRows(exampleRows(objective, n), count, coefficients, vector, pairs);
  }
}

/**
 * Adds the point to the sum of points and takes stepSize × the gradient of the last `forward` from it; `room` is for a
 * vector. Returns the square of the new point's norm. Spoils what `forward` left.
 */
export function stepAlong(sampler: Sampler, stepSize: f64, point: usize, sum: usize, room: usize): f64 {
  const objective = sampler.objective;
  const pairs = objective.pairs;
  if (objective.kind === QUADRATIC) return moveBy(sampler.coefficients, stepSize, point, sum, pairs);
  if (sampler.batch === 1) {
    const n = load<i32>(sampler.drawn);
    const count = rowCount(objective, n);
    if (count > 0 && count <= MOST_ROWS) {
      scaleCoefficients(objective, n, sampler.coefficients, stepSize);
      return moveByRows(exampleRows(objective, n), count, sampler.coefficients, point, sum, pairs);
    }
  }
  memory.fill(room, 0, (<usize>pairs) << 4);
  addGradient(sampler, 1, room);
  return moveBy(room, stepSize, point, sum, pairs);
}

/** The loss on the drawn sample, or of a quadratic the value. */
export function sampleValue(sampler: Sampler, theta: usize): f64 {
  return sampler.objective.kind === QUADRATIC
    ? quadraticGradient(sampler.objective, theta, sampler.objective.gradient)
    : forward(sampler, theta, true);
}

/**
 * Writes the objective's values at so many points, `stride` bytes apart; `rest` and `values` have room for a number a
 * point and one more. Every example is read once for all of them.
 */
export function valuesAt(
  objective: Objective,
  points: usize,
  stride: usize,
  count: i32,
  rest: usize,
  values: usize,
): void {
  const bytes = (<usize>count) << 3;
  if (objective.kind === QUADRATIC) {
    for (let p = 0; p < count; p++) {
      const value = quadraticGradient(objective, points + <usize>p * stride, objective.gradient);
      store<f64>(values + ((<usize>p) << 3), value);
    }
    return;
  }
  memory.fill(values, 0, bytes);
  const isSft = objective.kind === SFT;
  for (let n = 0; n < objective.count; n++) {
    if (isSft) addSftLosses(objective, n, points, stride, count, rest, values);
    else addDpoLosses(objective, n, points, stride, count, rest, values);
  }
  scaled(values, 1 / <f64>objective.count, values, (count + 1) >> 1);
}

function addSftLosses(
  objective: Objective,
  n: i32,
  points: usize,
  stride: usize,
  count: i32,
  rest: usize,
  values: usize,
): void {
  const rows = exampleRows(objective, n);
  const candidates = rowCount(objective, n);
  for (let p = 0; p < count; p++) {
    products(rows, candidates, points + <usize>p * stride, objective.pairs, objective.gradient);
    powers(objective.gradient, candidates);
    store<f64>(rest + ((<usize>p) << 3), others);
    const at = values + ((<usize>p) << 3);
    store<f64>(at, load<f64>(at) + largest);
  }
  for (let at: usize = 0; at < (<usize>count) << 3; at += 16) {
    const loss = Lanes.logOnePlus(v128.load(rest + at));
    v128.store(values + at, f64x2.add(v128.load(values + at), loss));
  }
}

function addDpoLosses(
  objective: Objective,
  n: i32,
  points: usize,
  stride: usize,
  count: i32,
  rest: usize,
  values: usize,
): void {
  for (let p = 0; p < count; p++) {
    store<f64>(rest + ((<usize>p) << 3), rewardMargin(objective, n, points + <usize>p * stride));
  }
  for (let at: usize = 0; at < (<usize>count) << 3; at += 16) {
    const h = v128.load(rest + at);
    const loss = Lanes.softplusOfNegative(h, Lanes.exp(f64x2.neg(f64x2.abs(h))));
    v128.store(values + at, f64x2.add(v128.load(values + at), loss));
  }
}

/** β (θ − θ_ref)ᵀ z of an example. */
function rewardMargin(objective: Objective, n: i32, theta: usize): f64 {
  const margin = product(exampleRows(objective, n), theta, objective.pairs);
  return objective.beta * (margin - load<f64>(objective.shifts + ((<usize>n) << 3)));
}

/** Writes A (θ − c) and returns ½ (θ − c)ᵀ A (θ − c). */
function quadraticGradient(objective: Objective, theta: usize, gradient: usize): f64 {
  const pairs = objective.pairs;
  const displacement = objective.displacement;
  for (let at: usize = 0; at < (<usize>pairs) << 4; at += 16) {
    v128.store(displacement + at, f64x2.sub(v128.load(theta + at), v128.load(objective.minimizer + at)));
  }
  let rows = objective.rows;
  let out = gradient;
  for (let left = objective.dimension; left > 0; left -= BLOCK) {
    const count = min(left, BLOCK);
    products(rows, count, displacement, pairs, out);
    rows += (<usize>(count * pairs)) << 4;
    out += 8 * BLOCK;
  }
  return 0.5 * product(gradient, displacement, pairs);
}

/** The bytes of all rows of a log-linear objective. */
export function rowBytes(objective: Objective): usize {
  const rows =
    objective.kind === DPO ? objective.count : load<i32>(objective.offsets + ((<usize>objective.count) << 2));
  return (<usize>rows * <usize>objective.pairs) << 4;
}

function rowCount(objective: Objective, n: i32): i32 {
  if (objective.kind === DPO) return 1;
  const at = objective.offsets + ((<usize>n) << 2);
  return load<i32>(at, 4) - load<i32>(at);
}

function exampleRows(objective: Objective, n: i32): usize {
  const row = objective.kind === DPO ? n : load<i32>(objective.offsets + ((<usize>n) << 2));
  return objective.rows + ((<usize>row * <usize>objective.pairs) << 4);
}

/** Multiplies the coefficients of an example's rows, and returns how many there are. */
function scaleCoefficients(objective: Objective, n: i32, coefficients: usize, scale: f64): i32 {
  const count = rowCount(objective, n);
  if (count === 1) store<f64>(coefficients, scale * load<f64>(coefficients));
  else scaled(coefficients, scale, coefficients, (count + 1) >> 1);
  return count;
}

/** The largest logit of the last call of `powers`, and the sum of all powers but that one's, which is 1. */
let largest: f64 = 0;
let others: f64 = 0;

/**
 * Turns the logits of an example's candidates into exp(logit − largest). The target's logit, 0, is put after them, with
 * a logit of probability 0 where that makes the number even. The sum leaves the largest term out, so that log(1 + sum)
 * keeps the digits of a small loss.
 */
function powers(logits: usize, count: i32): void {
  const end = logits + ((<usize>count) << 3);
  store<f64>(end, 0);
  store<f64>(end, -Infinity, 8);
  const bytes = (<usize>((count + 2) >> 1)) << 4;
  let most = v128.load(logits);
  for (let at: usize = 16; at < bytes; at += 16) most = f64x2.pmax(most, v128.load(logits + at));
  const top = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
  const shift = f64x2.splat(top);
  let sum = f64x2.splat(0);
  let ties = i64x2.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const logit = v128.load(logits + at);
    const power = Lanes.exp(f64x2.sub(logit, shift));
    const isTop = f64x2.eq(logit, shift);
    v128.store(logits + at, power);
    sum = f64x2.add(sum, v128.andnot(power, isTop));
    ties = i64x2.sub(ties, isTop);
  }
  largest = top;
  others =
    f64x2.extract_lane(sum, 0) +
    f64x2.extract_lane(sum, 1) +
    <f64>(i64x2.extract_lane(ties, 0) + i64x2.extract_lane(ties, 1) - 1);
}
