import { allocate } from './arena';
import { Lanes } from './exponential';
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

/** How many steps' examples are drawn at once. */
const STEPS_AHEAD = 64;

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
  /** Where the examples of several steps lie, drawn at once, and where they end. */
  ahead: usize;
  aheadEnd: usize;
  /** For every example its rows' coefficients in the gradient, `slot` bytes apart; of a quadratic the gradient. */
  coefficients: usize;
  slot: usize;
  /**
   * Two numbers an example of which its loss is made: of SFT the largest logit and the sum of the other powers, of DPO
   * the reward margin h and exp(−|h|).
   */
  seen: usize;
  /** A quadratic's value. */
  value: f64;
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
    const bytes = (<usize>(batch * STEPS_AHEAD)) << 2;
    sampler.ahead = allocate(bytes);
    sampler.drawn = sampler.aheadEnd = sampler.ahead + bytes;
    sampler.slot = objective.kind === SFT ? (<usize>(objective.mostRows + BLOCK + 2)) << 3 : 8;
    sampler.coefficients = allocate(<usize>batch * sampler.slot + 8 * BLOCK);
    sampler.seen = allocate((<usize>(batch + 1)) << 4);
  }
  return sampler;
}

/** Draws the sample of the next step. */
export function draw(sampler: Sampler): void {
  const objective = sampler.objective;
  if (objective.kind !== QUADRATIC) {
    sampler.drawn += (<usize>sampler.batch) << 2;
    if (sampler.drawn >= sampler.aheadEnd) drawAhead(sampler);
  } else if (objective.noise !== 0) {
    const deviation = objective.noise / sqrt(<f64>sampler.batch);
    for (let i = 0; i < objective.dimension; i++) {
      store<f64>(sampler.drawn + ((<usize>i) << 3), deviation * normal(sampler.stream));
    }
  }
}

/** Draws the examples of as many steps as there is room for. */
function drawAhead(sampler: Sampler): void {
  const count = sampler.objective.count;
  for (let at = sampler.ahead; at < sampler.aheadEnd; at += 4) store<i32>(at, integer(sampler.stream, count));
  sampler.drawn = sampler.ahead;
}

/** The sum of what was read to fetch it, kept so that reading it is not left out as useless. */
let fetched: u64 = 0;

/** Rows of more bytes than this leave the first-level cache before they are used again. */
const LARGE: usize = 1 << 15;

/**
 * Reads ahead in the rows that the step after needs, so that they arrive while this step is computed: two words of every
 * page, from which the processor goes on by itself, or a word of every line where `everyLine` says so or a block is
 * large. Of a step whose examples are not drawn yet nothing is read.
 */
export function fetchUpcoming(sampler: Sampler, everyLine: bool): void {
  const objective = sampler.objective;
  const upcoming = sampler.drawn + ((<usize>sampler.batch) << 2);
  if (upcoming >= sampler.aheadEnd) return;
  let words: u64 = 0;
  for (let b = 0; b < sampler.batch; b++) {
    const n = load<i32>(upcoming + ((<usize>b) << 2));
    let at = exampleRows(objective, n);
    const bytes = (<usize>(rowCount(objective, n) * objective.pairs)) << 4;
    const end = at + bytes;
    if (everyLine || bytes > LARGE) {
      // Four at once: the fewer instructions, the more reads are under way together.
      for (; at + 256 <= end; at += 256) {
        words += load<u64>(at) + load<u64>(at, 64) + load<u64>(at, 128) + load<u64>(at, 192);
      }
      for (; at < end; at += 64) words += load<u64>(at);
    } else {
      for (; at < end; at += 2048) words += load<u64>(at);
    }
  }
  fetched += words;
}

/** Computes what the gradient and the loss on the drawn sample are made of, at `scale` times the vector at `theta`. */
export function forward(sampler: Sampler, theta: usize, scale: f64): void {
  switch (sampler.objective.kind) {
    case SFT:
      return forwardSft(sampler, theta, scale);
    case DPO:
      return forwardDpo(sampler, theta, scale);
    default:
      return forwardQuadratic(sampler, theta, scale);
  }
}

function forwardSft(sampler: Sampler, theta: usize, scale: f64): void {
  const objective = sampler.objective;
  let coefficients = sampler.coefficients;
  for (let b = 0; b < sampler.batch; b++, coefficients += sampler.slot) {
    const n = drawnAt(sampler, b);
    const count = rowCount(objective, n);
    products(exampleRows(objective, n), count, theta, objective.pairs, coefficients);
    v128.store(seenAt(sampler, b), powers(coefficients, count, scale));
  }
}

function forwardDpo(sampler: Sampler, theta: usize, scale: f64): void {
  const objective = sampler.objective;
  const batch = sampler.batch;
  const one = f64x2.splat(1);
  const beta = f64x2.splat(-objective.beta);
  for (let b = 0; b < batch; b += 2) {
    let h = f64x2.splat(rewardMargin(objective, drawnAt(sampler, b), theta, scale));
    if (b + 1 < batch) h = f64x2.replace_lane(h, 1, rewardMargin(objective, drawnAt(sampler, b + 1), theta, scale));
    const power = Lanes.exp(f64x2.neg(f64x2.abs(h)));
    // σ(−h) without overflow.
    const numerator = v128.bitselect(power, one, f64x2.ge(h, f64x2.splat(0)));
    const logistic = f64x2.div(numerator, f64x2.add(one, power));
    v128.store(sampler.coefficients + ((<usize>b) << 3), f64x2.mul(beta, logistic));
    const seen = seenAt(sampler, b);
    v128.store(seen, v128.shuffle<f64>(h, power, 0, 2));
    v128.store(seen, v128.shuffle<f64>(h, power, 1, 3), 16);
  }
}

/** The loss on the drawn sample, or of a quadratic the value, where the last `forward` was. */
export function lossSeen(sampler: Sampler): f64 {
  const kind = sampler.objective.kind;
  if (kind === QUADRATIC) return sampler.value;
  const batch = sampler.batch;
  let sum: f64 = 0;
  for (let b = 0; b < batch; b += 2) {
    const first = v128.load(seenAt(sampler, b));
    const second = v128.load(seenAt(sampler, b + 1));
    const x = v128.shuffle<f64>(first, second, 0, 2);
    const y = v128.shuffle<f64>(first, second, 1, 3);
    const losses = kind === SFT ? f64x2.add(x, Lanes.logOnePlus(y)) : Lanes.softplusOfNegative(x, y);
    sum += f64x2.extract_lane(losses, 0);
    if (b + 1 < batch) sum += f64x2.extract_lane(losses, 1);
  }
  return sum / <f64>batch;
}

function seenAt(sampler: Sampler, b: i32): usize {
  return sampler.seen + ((<usize>b) << 4);
}

function drawnAt(sampler: Sampler, b: i32): i32 {
  return load<i32>(sampler.drawn + ((<usize>b) << 2));
}

function forwardQuadratic(sampler: Sampler, theta: usize, scale: f64): void {
  const objective = sampler.objective;
  const gradient = sampler.coefficients;
  sampler.value = quadraticGradient(objective, theta, scale, gradient);
  if (objective.noise !== 0) {
    for (let at: usize = 0; at < (<usize>objective.pairs) << 4; at += 16) {
      v128.store(gradient + at, f64x2.add(v128.load(gradient + at), v128.load(sampler.drawn + at)));
    }
  }
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
    const n = drawnAt(sampler, b);
    const size = rowWeight(sampler, b, each);
    addRows(exampleRows(objective, n), rowCount(objective, n), coefficients, size, vector, pairs);
  }
}

/**
 * Multiplies the point by `scale`, adds it to the sum of points and takes stepSize × the gradient of the last `forward`
 * from it; `room` is for a vector. Returns the square of the new point's norm. Spoils what `forward` left.
 */
export function stepAlong(sampler: Sampler, stepSize: f64, scale: f64, point: usize, sum: usize, room: usize): f64 {
  const objective = sampler.objective;
  const pairs = objective.pairs;
  if (objective.kind === QUADRATIC) return moveBy(sampler.coefficients, stepSize, scale, point, sum, pairs);
  if (sampler.batch === 1) {
    const n = drawnAt(sampler, 0);
    const count = rowCount(objective, n);
    if (count > 0 && count <= MOST_ROWS) {
      const size = rowWeight(sampler, 0, stepSize);
      return moveByRows(exampleRows(objective, n), count, sampler.coefficients, size, scale, point, sum, pairs);
    }
  }
  memory.fill(room, 0, (<usize>pairs) << 4);
  addGradient(sampler, 1, room);
  return moveBy(room, stepSize, scale, point, sum, pairs);
}

/** The loss on the drawn sample, or of a quadratic the value; a quadratic keeps what `forward` left. */
export function sampleValue(sampler: Sampler, theta: usize, scale: f64): f64 {
  if (sampler.objective.kind === QUADRATIC) {
    return quadraticGradient(sampler.objective, theta, scale, sampler.objective.gradient);
  }
  forward(sampler, theta, scale);
  return lossSeen(sampler);
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
      const value = quadraticGradient(objective, points + <usize>p * stride, 1, objective.gradient);
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
    const seen = powers(objective.gradient, candidates, 1);
    store<f64>(rest + ((<usize>p) << 3), f64x2.extract_lane(seen, 1));
    const at = values + ((<usize>p) << 3);
    store<f64>(at, load<f64>(at) + f64x2.extract_lane(seen, 0));
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
    store<f64>(rest + ((<usize>p) << 3), rewardMargin(objective, n, points + <usize>p * stride, 1));
  }
  for (let at: usize = 0; at < (<usize>count) << 3; at += 16) {
    const h = v128.load(rest + at);
    const loss = Lanes.softplusOfNegative(h, Lanes.exp(f64x2.neg(f64x2.abs(h))));
    v128.store(values + at, f64x2.add(v128.load(values + at), loss));
  }
}

/** β (θ − θ_ref)ᵀ z of an example. */
function rewardMargin(objective: Objective, n: i32, theta: usize, scale: f64): f64 {
  const margin = scale * product(exampleRows(objective, n), theta, objective.pairs);
  return objective.beta * (margin - load<f64>(objective.shifts + ((<usize>n) << 3)));
}

/** Writes A (θ − c) and returns ½ (θ − c)ᵀ A (θ − c), θ being `scale` times the vector at `theta`. */
function quadraticGradient(objective: Objective, theta: usize, scale: f64, gradient: usize): f64 {
  const pairs = objective.pairs;
  const displacement = objective.displacement;
  const factor = f64x2.splat(scale);
  for (let at: usize = 0; at < (<usize>pairs) << 4; at += 16) {
    const coordinates = f64x2.mul(factor, v128.load(theta + at));
    v128.store(displacement + at, f64x2.sub(coordinates, v128.load(objective.minimizer + at)));
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

/** What the coefficients of example b of the sample are multiplied by where its gradient counts `weight` times. */
function rowWeight(sampler: Sampler, b: i32, weight: f64): f64 {
  return sampler.objective.kind === SFT ? weight / (1 + load<f64>(seenAt(sampler, b), 8)) : weight;
}

/**
 * Turns the logits of an example's candidates, each times `scale` > 0, into exp(logit − largest). The target's logit, 0,
 * comes after them (`products` leaves it there where their number is odd), and then logits of probability 0 up to a
 * number that four divides. Returns the largest logit, and the sum of all powers but that one's, which is 1, so that
 * log(1 + sum) keeps the digits of a small loss.
 */
function powers(logits: usize, count: i32, scale: f64): v128 {
  // Whole vectors are written, since one that is read after a half of it was written keeps the processor waiting.
  let end = logits + ((<usize>(count >> 1)) << 4);
  if ((count & 1) === 0) v128.store(end, f64x2.replace_lane(f64x2.splat(0), 1, -Infinity));
  end += 16;
  // Two vectors are taken at once, so that their long chains of operations overlap.
  if (((end - logits) & 16) !== 0) {
    v128.store(end, f64x2.splat(-Infinity));
    end += 16;
  }
  let most = f64x2.pmax(v128.load(logits), v128.load(logits, 16));
  for (let at = logits + 32; at < end; at += 32) {
    most = f64x2.pmax(most, f64x2.pmax(v128.load(at), v128.load(at, 16)));
  }
  const factor = f64x2.splat(scale);
  const shift = f64x2.mul(factor, f64x2.pmax(most, v128.shuffle<f64>(most, most, 1, 0)));
  let sum = f64x2.splat(0);
  let ones = f64x2.splat(0);
  for (let at = logits; at < end; at += 32) {
    const first = f64x2.mul(factor, v128.load(at));
    const second = f64x2.mul(factor, v128.load(at, 16));
    const firstPower = Lanes.exp(f64x2.sub(first, shift));
    const secondPower = Lanes.exp(f64x2.sub(second, shift));
    const isFirstTop = f64x2.eq(first, shift);
    const isSecondTop = f64x2.eq(second, shift);
    v128.store(at, firstPower);
    v128.store(at, secondPower, 16);
    sum = f64x2.add(sum, f64x2.add(v128.andnot(firstPower, isFirstTop), v128.andnot(secondPower, isSecondTop)));
    ones = f64x2.add(ones, f64x2.add(v128.and(firstPower, isFirstTop), v128.and(secondPower, isSecondTop)));
  }
  const others = f64x2.add(v128.shuffle<f64>(sum, ones, 0, 2), v128.shuffle<f64>(sum, ones, 1, 3));
  return f64x2.replace_lane(shift, 1, f64x2.extract_lane(others, 0) + (f64x2.extract_lane(others, 1) - 1));
}
