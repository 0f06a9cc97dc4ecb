// Log-probabilities of one target in each row of logits, and their gradient, written over the logits.
import { Lanes, exponentialOf } from './exponential';
import { logarithm } from './logarithm';

/** The arguments of both kernels, in memory. */
@unmanaged
class Rows {
  /** [rows, columns] */
  logits: usize;
  /** One column of each row. */
  targets: usize;
  /** log softmax(logits)[target] of each row: what the first kernel writes and the second one reads. */
  logProbabilities: usize;
  /** What the gradient of each row is multiplied by; the second kernel's alone. */
  weights: usize;
  columns: i32;
}

/** Vectors whose exponentials are summed in float32 before the sum goes on in double precision. */
const blockVectors = 64;

/** Writes logits[target] − log Σ exp(logits) of the rows from `begin` to before `end`. */
export function targetLogProbability(args: usize, begin: i32, end: i32): void {
  const p = changetype<Rows>(args);
  for (let row = begin; row < end; row++) {
    const at = p.logits + <usize>row * <usize>p.columns * 4;
    const target = load<f32>(at + ((<usize>load<i32>(p.targets + <usize>row * 4)) << 2));
    const largest = rowMaximum(at, p.columns);
    const sum = sumOfExponentials(at, p.columns, largest);
    store<f32>(p.logProbabilities + <usize>row * 4, <f32>(<f64>target - <f64>largest - logarithm(sum)));
  }
}

/** Writes weight · (onehot(target) − softmax(logits)) over the rows of logits from `begin` to before `end`. */
export function targetLogProbabilityGradient(args: usize, begin: i32, end: i32): void {
  const p = changetype<Rows>(args);
  for (let row = begin; row < end; row++) {
    const at = p.logits + <usize>row * <usize>p.columns * 4;
    const target = at + ((<usize>load<i32>(p.targets + <usize>row * 4)) << 2);
    const logSumExp = load<f32>(target) - load<f32>(p.logProbabilities + <usize>row * 4);
    const weight = load<f32>(p.weights + <usize>row * 4);
    const shift = f32x4.splat(logSumExp);
    const factor = f32x4.splat(-weight);
    const whole = p.columns & ~3;
    let i = 0;
    for (; i < whole; i += 4) {
      const x = at + ((<usize>i) << 2);
      v128.store(x, f32x4.mul(factor, Lanes.exp(f32x4.sub(v128.load(x), shift))));
    }
    for (; i < p.columns; i++) {
      const x = at + ((<usize>i) << 2);
      store<f32>(x, -weight * exponentialOf(load<f32>(x) - logSumExp));
    }
    store<f32>(target, load<f32>(target) + weight);
  }
}

function rowMaximum(at: usize, columns: i32): f32 {
  let largest = f32x4.splat(-Infinity);
  const whole = columns & ~3;
  for (let i = 0; i < whole; i += 4) largest = f32x4.max(largest, v128.load(at + ((<usize>i) << 2)));
  let result = max(
    max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
    max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)),
  );
  for (let i = whole; i < columns; i++) result = max(result, load<f32>(at + ((<usize>i) << 2)));
  return result;
}

/** Σ exp(x − shift) over a row. */
function sumOfExponentials(at: usize, columns: i32, shift: f32): f64 {
  const shifts = f32x4.splat(shift);
  const whole = columns & ~3;
  let total: f64 = 0;
  for (let block = 0; block < whole; block += 4 * blockVectors) {
    let sum = f32x4.splat(0);
    const end = min(whole, block + 4 * blockVectors);
    for (let i = block; i < end; i += 4) {
      sum = f32x4.add(sum, Lanes.exp(f32x4.sub(v128.load(at + ((<usize>i) << 2)), shifts)));
    }
    total +=
      <f64>f32x4.extract_lane(sum, 0) +
      <f64>f32x4.extract_lane(sum, 1) +
      <f64>f32x4.extract_lane(sum, 2) +
      <f64>f32x4.extract_lane(sum, 3);
  }
  for (let i = whole; i < columns; i++) total += <f64>exponentialOf(load<f32>(at + ((<usize>i) << 2)) - shift);
  return total;
}
