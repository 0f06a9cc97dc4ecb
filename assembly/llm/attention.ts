// Causal attention of rotated heads, a block of queries at a time: scores exist for one block of one head only, and never
// beyond its last position, which halves the work. The backward pass makes them again from each row's maximum and sum.
import { Lanes, exponentialOf } from './exponential';
import { block } from './matmul';

/** Queries in a block. */
const blockQueries = 64;

/** Where queries, keys, values, or their gradients, lie: head h of row r at base + 4 (r · row + h · head). */
@unmanaged
class Attention {
  queries: usize;
  keys: usize;
  values: usize;
  /** Floats from one position to the next, and from one head to the next. */
  queryRow: i32;
  queryHead: i32;
  keyRow: i32;
  keyHead: i32;
  /** [length, headWidth] */
  cosines: usize;
  sines: usize;
  /** Coordinates i and i + pairs are rotated together, i < pairs. */
  pairs: i32;
  length: i32;
  heads: i32;
  keyValueHeads: i32;
  headWidth: i32;
  /** What scores are multiplied by. */
  scale: f32;
  /** [batch · length, heads · headWidth]; in the backward pass the gradient with respect to it. */
  output: usize;
  /** [batch, heads, length, 2]: the maximum of a row of scores, and 1 / Σ exp(score − maximum). */
  statistics: usize;
  /** Floats of each item: (2 headWidth + blockQueries) length forwards, (4 headWidth + 2 blockQueries) length back. */
  space: usize;
  /** Gradients, laid out as queries, keys and values are. */
  dQueries: usize;
  dKeys: usize;
  dValues: usize;
}

/** The attention of the heads of the batch from `begin` to before `end`. */
export function attention(args: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Attention>(args);
  const length = p.length;
  const width = p.headWidth;
  const outputRow = p.heads * width;
  for (let item = begin; item < end; item++) {
    const batch = item / p.heads;
    const head = item % p.heads;
    const shared = head / (p.heads / p.keyValueHeads);
    const first = batch * length;
    const queries = p.space + floats(item * (2 * width + blockQueries) * length);
    const keys = queries + floats(length * width);
    const scores = keys + floats(length * width);
    rotateRows(p, p.queries + floats(first * p.queryRow + head * p.queryHead), p.queryRow, queries, p.scale);
    rotateRows(p, p.keys + floats(first * p.keyRow + shared * p.keyHead), p.keyRow, keys, 1);
    const values = p.values + floats(first * p.keyRow + shared * p.keyHead);
    const statistics = p.statistics + floats(2 * item * length);
    for (let row = 0; row < length; row += blockQueries) {
      const last = min(length, row + blockQueries);
      const rows = last - row;
      block(queries + floats(row * width), width, 0, keys, width, 1, scores, length, 0, 0, rows, last, width, scratch);
      for (let i = 0; i < rows; i++) {
        softmaxRow(scores + floats(i * length), row + i + 1, last, statistics + floats(2 * (row + i)));
      }
      const output = p.output + floats((first + row) * outputRow + head * width);
      block(scores, length, 0, values, p.keyRow, 0, output, outputRow, 0, 0, rows, width, last, scratch);
    }
  }
}

/** The gradients of queries, keys and values for the key-value heads of the batch from `begin` to before `end`. */
export function attentionGradient(args: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Attention>(args);
  const length = p.length;
  const width = p.headWidth;
  const group = p.heads / p.keyValueHeads;
  for (let item = begin; item < end; item++) {
    const batch = item / p.keyValueHeads;
    const shared = item % p.keyValueHeads;
    const first = batch * length;
    const keyOffset = floats(first * p.keyRow + shared * p.keyHead);
    const queries = p.space + floats(item * (4 * width + 2 * blockQueries) * length);
    const keys = queries + floats(length * width);
    const dQueries = keys + floats(length * width);
    const dKeys = dQueries + floats(length * width);
    const weights = dKeys + floats(length * width);
    const dScores = weights + floats(length * blockQueries);
    rotateRows(p, p.keys + keyOffset, p.keyRow, keys, 1);
    memory.fill(dKeys, 0, floats(length * width));
    for (let i = 0; i < length; i++) memory.fill(p.dValues + keyOffset + floats(i * p.keyRow), 0, floats(width));
    for (let head = shared * group; head < (shared + 1) * group; head++) {
      const queryOffset = floats(first * p.queryRow + head * p.queryHead);
      rotateRows(p, p.queries + queryOffset, p.queryRow, queries, p.scale);
      const statistics = p.statistics + floats(2 * (batch * p.heads + head) * length);
      headGradient(p, first, head, statistics, keyOffset, queries, keys, dQueries, dKeys, weights, dScores, scratch);
      rotateBack(p, dQueries, p.dQueries + queryOffset, p.queryRow, p.scale);
    }
    rotateBack(p, dKeys, p.dKeys + keyOffset, p.keyRow, 1);
  }
}

/** One head: writes the gradient of its rotated queries, and adds to those of its rotated keys and its values. */
function headGradient(
  p: Attention,
  first: i32,
  head: i32,
  statistics: usize,
  keyOffset: usize,
  queries: usize,
  keys: usize,
  dQueries: usize,
  dKeys: usize,
  weights: usize,
  dScores: usize,
  scratch: usize,
): void {
  const length = p.length;
  const width = p.headWidth;
  const outputRow = p.heads * width;
  const values = p.values + keyOffset;
  const dValues = p.dValues + keyOffset;
  for (let row = 0; row < length; row += blockQueries) {
    const last = min(length, row + blockQueries);
    const rows = last - row;
    const query = queries + floats(row * width);
    const dOutput = p.output + floats((first + row) * outputRow + head * width);
    block(query, width, 0, keys, width, 1, weights, length, 0, 0, rows, last, width, scratch);
    block(dOutput, outputRow, 0, values, p.keyRow, 1, dScores, length, 0, 0, rows, last, width, scratch);
    for (let i = 0; i < rows; i++) {
      const at = floats(i * length);
      softmaxRowGradient(weights + at, dScores + at, row + i + 1, last, statistics + floats(2 * (row + i)));
    }
    const valueRow = p.keyRow;
    block(weights, length, 1, dOutput, outputRow, 0, dValues, valueRow, dValues, valueRow, last, width, rows, scratch);
    block(dScores, length, 0, keys, width, 0, dQueries + floats(row * width), width, 0, 0, rows, width, last, scratch);
    block(dScores, length, 1, query, width, 0, dKeys, width, dKeys, width, last, width, rows, scratch);
  }
}

/** Scores become weights: softmax of the first `count`, and zeros up to `end`. */
function softmaxRow(row: usize, count: i32, end: i32, statistics: usize): void {
  const bytes = floats(count);
  const whole = bytes & ~15;
  let largest = load<f32>(row);
  let largests = f32x4.splat(largest);
  for (let i: usize = 0; i < whole; i += 16) largests = f32x4.max(largests, v128.load(row + i));
  for (let i = whole; i < bytes; i += 4) largest = max(largest, load<f32>(row + i));
  largest = max(
    max(largest, max(f32x4.extract_lane(largests, 0), f32x4.extract_lane(largests, 1))),
    max(f32x4.extract_lane(largests, 2), f32x4.extract_lane(largests, 3)),
  );
  const shift = f32x4.splat(largest);
  let sums = f32x4.splat(0);
  for (let i: usize = 0; i < whole; i += 16) {
    const value = Lanes.exp(f32x4.sub(v128.load(row + i), shift));
    v128.store(row + i, value);
    sums = f32x4.add(sums, value);
  }
  let sum =
    f32x4.extract_lane(sums, 0) +
    f32x4.extract_lane(sums, 1) +
    (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
  for (let i = whole; i < bytes; i += 4) {
    const value = exponentialOf(load<f32>(row + i) - largest);
    store<f32>(row + i, value);
    sum += value;
  }
  const inverse = <f32>1 / sum;
  const inverses = f32x4.splat(inverse);
  for (let i: usize = 0; i < whole; i += 16) v128.store(row + i, f32x4.mul(v128.load(row + i), inverses));
  for (let i = whole; i < bytes; i += 4) store<f32>(row + i, load<f32>(row + i) * inverse);
  memory.fill(row + bytes, 0, floats(end) - bytes);
  store<f32>(statistics, largest);
  store<f32>(statistics, inverse, 4);
}

/** Scores become weights w, and the weights' gradients g become those of scores, w (g − Σ w g); zeros after `count`. */
function softmaxRowGradient(row: usize, gradient: usize, count: i32, end: i32, statistics: usize): void {
  const bytes = floats(count);
  const whole = bytes & ~15;
  const largest = load<f32>(statistics);
  const inverse = load<f32>(statistics, 4);
  const shift = f32x4.splat(largest);
  const inverses = f32x4.splat(inverse);
  let sums = f32x4.splat(0);
  for (let i: usize = 0; i < whole; i += 16) {
    const weight = f32x4.mul(Lanes.exp(f32x4.sub(v128.load(row + i), shift)), inverses);
    v128.store(row + i, weight);
    sums = f32x4.add(sums, f32x4.mul(weight, v128.load(gradient + i)));
  }
  let sum =
    f32x4.extract_lane(sums, 0) +
    f32x4.extract_lane(sums, 1) +
    (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
  for (let i = whole; i < bytes; i += 4) {
    const weight = exponentialOf(load<f32>(row + i) - largest) * inverse;
    store<f32>(row + i, weight);
    sum += weight * load<f32>(gradient + i);
  }
  const total = f32x4.splat(sum);
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(gradient + i, f32x4.mul(v128.load(row + i), f32x4.sub(v128.load(gradient + i), total)));
  }
  for (let i = whole; i < bytes; i += 4) {
    store<f32>(gradient + i, load<f32>(row + i) * (load<f32>(gradient + i) - sum));
  }
  memory.fill(row + bytes, 0, floats(end) - bytes);
  memory.fill(gradient + bytes, 0, floats(end) - bytes);
}

/** The rows of a head, rotated by their positions and multiplied by a factor, side by side. */
function rotateRows(p: Attention, from: usize, row: i32, to: usize, factor: f32): void {
  const width = p.headWidth;
  const pairs = p.pairs;
  for (let position = 0; position < p.length; position++) {
    const cosines = p.cosines + floats(position * width);
    const sines = p.sines + floats(position * width);
    for (let i = 0; i < pairs; i++) {
      const x = load<f32>(from + floats(i)) * factor;
      const y = load<f32>(from + floats(i + pairs)) * factor;
      const c = load<f32>(cosines + floats(i));
      const s = load<f32>(sines + floats(i));
      store<f32>(to + floats(i), x * c - y * s);
      store<f32>(to + floats(i + pairs), y * c + x * s);
    }
    for (let i = 2 * pairs; i < width; i++) store<f32>(to + floats(i), load<f32>(from + floats(i)) * factor);
    from += floats(row);
    to += floats(width);
  }
}

/** The transpose of the above. */
function rotateBack(p: Attention, from: usize, to: usize, row: i32, factor: f32): void {
  const width = p.headWidth;
  const pairs = p.pairs;
  for (let position = 0; position < p.length; position++) {
    const cosines = p.cosines + floats(position * width);
    const sines = p.sines + floats(position * width);
    for (let i = 0; i < pairs; i++) {
      const x = load<f32>(from + floats(i)) * factor;
      const y = load<f32>(from + floats(i + pairs)) * factor;
      const c = load<f32>(cosines + floats(i));
      const s = load<f32>(sines + floats(i));
      store<f32>(to + floats(i), x * c + y * s);
      store<f32>(to + floats(i + pairs), y * c - x * s);
    }
    for (let i = 2 * pairs; i < width; i++) store<f32>(to + floats(i), load<f32>(from + floats(i)) * factor);
    from += floats(width);
    to += floats(row);
  }
}

/** Bytes of so many floats. */
function floats(count: i32): usize {
  return (<usize>count) << 2;
}
