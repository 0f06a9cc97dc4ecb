import { Lanes } from './exponential';
import { product, products, scaled, Tile } from './rows';

/** f_SFT of a log-linear policy: examples with rows δ_k = φ_k − φ_target. */
export const SFT = 0;
/** f_DPO of a log-linear policy: one row z = φ(chosen) − φ(rejected) an example. */
export const DPO = 1;
/** ½ (θ − c)ᵀ A (θ − c) with Gaussian gradient noise. */
export const QUADRATIC = 2;

// The preference losses, of a margin h: softplus(−h); (1 − ε) softplus(−h) + ε softplus(h); (h − aim)².
export const PLAIN = 0;
export const CONSERVATIVE = 1;
export const IDENTITY = 2;

/** An objective: its kind, and what objectives of that kind are made of. */
@unmanaged
export class Objective {
  kind: i32;
  /** Half the padded dimension. */
  pairs: i32;
  dimension: i32;
  /** Of SFT and DPO blocks of rows, an example each; of a quadratic the rows of A, one after the other. */
  rows: usize;
  /** SFT and DPO: the number of examples. */
  count: i32;
  /** SFT: the first row of every example and the end of the last, and the most rows of one. */
  offsets: usize;
  mostRows: i32;
  /** DPO: θ_refᵀ z of every example, what the margin is multiplied by, and the loss of it with its ε or aim. */
  shifts: usize;
  factor: f64;
  loss: i32;
  setting: f64;
  /** A quadratic's c. */
  minimizer: usize;
  /** A quadratic's deviation of the gradient noise, of one draw. */
  noise: f64;
  /** Room for θ − c, and for a gradient. */
  displacement: usize;
  gradient: usize;

  /** factor · (θ − θ_ref)ᵀ z of example n, whose row is z, θ being `scale` times the vector at `theta`. */
  @inline
  rewardMargin(n: i32, row: usize, theta: usize, scale: f64): f64 {
    const margin = scale * product(row, theta, this.pairs);
    return this.factor * (margin - load<f64>(this.shifts + ((<usize>n) << 3)));
  }

  /** DPO: the losses of two margins, given exp(−|h|) of each. */
  @inline
  lossesOf(h: v128, power: v128): v128 {
    if (this.loss === PLAIN) return Lanes.softplusOfNegative(h, power);
    const setting = f64x2.splat(this.setting);
    if (this.loss === CONSERVATIVE) {
      const right = f64x2.mul(f64x2.sub(f64x2.splat(1), setting), Lanes.softplusOfNegative(h, power));
      return f64x2.add(right, f64x2.mul(setting, Lanes.softplusOfNegative(f64x2.neg(h), power)));
    }
    const distance = f64x2.sub(h, setting);
    return f64x2.mul(distance, distance);
  }

  /**
   * Turns the logits of an example's candidates, which `products` wrote at `logits`, into powers: each times `scale` > 0,
   * then exp of it, relative to the largest where they are huge. Returns the logarithm of what they are relative to, and
   * the sum of all powers, the target's included, less 1: log(1 + sum) then keeps the digits of a small loss.
   */
  @inline
  powersAt(rows: usize, count: i32, theta: usize, scale: f64, logits: usize): v128 {
    const sum = powers(logits, count, scale);
    // Relative to the target's own logit, which is 0. A point that is no number goes the other way too, and stays none.
    if (sum < HUGE) return f64x2.replace_lane(f64x2.splat(0), 1, sum);
    products(rows, count, theta, this.pairs, logits);
    return relativePowers(logits, count, scale);
  }
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
    const point = points + <usize>p * stride;
    products(rows, candidates, point, objective.pairs, objective.gradient);
    const seen = objective.powersAt(rows, candidates, point, 1, objective.gradient);
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
  const row = exampleRows(objective, n);
  for (let p = 0; p < count; p++) {
    store<f64>(rest + ((<usize>p) << 3), objective.rewardMargin(n, row, points + <usize>p * stride, 1));
  }
  for (let at: usize = 0; at < (<usize>count) << 3; at += 16) {
    const h = v128.load(rest + at);
    const loss = objective.lossesOf(h, Lanes.exp(f64x2.neg(f64x2.abs(h))));
    v128.store(values + at, f64x2.add(v128.load(values + at), loss));
  }
}

/** Writes A (θ − c) and returns ½ (θ − c)ᵀ A (θ − c), θ being `scale` times the vector at `theta`. */
export function quadraticGradient(objective: Objective, theta: usize, scale: f64, gradient: usize): f64 {
  const pairs = objective.pairs;
  const displacement = objective.displacement;
  const factor = f64x2.splat(scale);
  for (let at: usize = 0; at < (<usize>pairs) << 4; at += 16) {
    const coordinates = f64x2.mul(factor, v128.load(theta + at));
    v128.store(displacement + at, f64x2.sub(coordinates, v128.load(objective.minimizer + at)));
  }
  // Where the dimension is odd, each row's last pair ends in a number of the next one, which meets a zero.
  Tile.productsOf(
    objective.rows,
    objective.dimension,
    (<usize>objective.dimension) << 3,
    16,
    displacement,
    pairs,
    gradient,
  );
  return 0.5 * product(gradient, displacement, pairs);
}

export function rowCount(objective: Objective, n: i32): i32 {
  if (objective.kind === DPO) return 1;
  const at = objective.offsets + ((<usize>n) << 2);
  return load<i32>(at, 4) - load<i32>(at);
}

export function exampleRows(objective: Objective, n: i32): usize {
  const row = objective.kind === DPO ? n : load<i32>(objective.offsets + ((<usize>n) << 2));
  return objective.rows + ((<usize>row * <usize>objective.pairs) << 4);
}

/** Sums of powers from this one on are taken relative to the largest. */
const HUGE: f64 = 1e300;

/** Turns logits, each times `scale`, into exp of them and returns the sum. Writes up to three more numbers. */
function powers(logits: usize, count: i32, scale: f64): f64 {
  // What is behind the logits counts nothing. Whole vectors are read and written, since one that is read after a half
  // of it was written keeps the processor waiting.
  const full = logits + ((<usize>(count >> 1)) << 4);
  if ((count & 1) !== 0) v128.store(full, f64x2.replace_lane(v128.load(full), 1, -Infinity));
  const end = logits + ((<usize>((count + 1) >> 1)) << 4);
  v128.store(end, f64x2.splat(-Infinity));
  const factor = f64x2.splat(scale);
  let sum = f64x2.splat(0);
  // Two vectors are taken at once, so that their long chains of operations overlap.
  for (let at = logits; at < end; at += 32) {
    const first = Lanes.exp(f64x2.mul(factor, v128.load(at)));
    const second = Lanes.exp(f64x2.mul(factor, v128.load(at, 16)));
    v128.store(at, first);
    v128.store(at, second, 16);
    sum = f64x2.add(sum, f64x2.add(first, second));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * Turns logits into exp(logit − largest), the target's own logit, 0, among them behind the others. Returns the largest
 * logit, and the sum of all powers but that one's, which is 1. Writes up to four more numbers.
 */
function relativePowers(logits: usize, count: i32, scale: f64): v128 {
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
