import { allocate } from './arena';
import { exampleAt, Sampler } from './draws';
import { Lanes } from './exponential';
import { CONSERVATIVE, IDENTITY, Objective, QUADRATIC, quadraticGradient, SFT } from './objective';
import { addRows, addVector, moveBy, moveByRows, MOST_ROWS, products, scaled } from './rows';

/** A point on its way: `scale` times a vector, since a projection waits for the next step to pass through it. */
@unmanaged
export class Iterate {
  vector: usize;
  scale: f64;
  /** The sum of the points so far. */
  sum: usize;
  /** The square of the norm of the vector. */
  squares: f64;
}

/**
 * The gradients and losses of one objective that runs ask for in a step, each on a sample at an iterate. They are
 * computed stage by stage for all that ask: the long chains of operations of one then overlap with those of the others.
 */
@unmanaged
export class Forward {
  objective: Objective;
  /** The examples of a sample; of a quadratic 1. */
  examples: i32;
  /** Whether a step moves along the rows of a single example. */
  isOneExample: bool;
  /** How many ask, and for each the addresses of its iterate and of its sample. */
  count: i32;
  asking: usize;
  /** For each, example by example, its rows' coefficients in the gradient, `slot` bytes apart; of a quadratic the gradient. */
  coefficients: usize;
  slot: usize;
  /**
   * Two numbers an example of which its loss is made: of SFT what `powersAt` returns, of DPO the reward margin h and
   * exp(−|h|).
   */
  seen: usize;
  /** An example's loss; of a quadratic the value. */
  losses: usize;

  /** The loss of the one that asked as number `index`, once `computeLosses` was there: the mean over its sample. */
  @inline
  lossAt(index: i32): f64 {
    const examples = this.examples;
    let at = this.losses + ((<usize>(index * examples)) << 3);
    if (examples === 1) return load<f64>(at);
    let sum: f64 = 0;
    for (let b = 0; b < examples; b++, at += 8) sum += load<f64>(at);
    return sum / <f64>examples;
  }
}

/** Numbers behind an example's coefficients that are read or written with them. */
const SPARE = 10;

/** Room for the gradients and losses of at most so many runs. */
export function newForward(objective: Objective, batch: i32, most: i32): Forward {
  const forward = changetype<Forward>(allocate(offsetof<Forward>()));
  const examples = objective.kind === QUADRATIC ? 1 : batch;
  const places = <usize>(most * examples);
  forward.objective = objective;
  forward.examples = examples;
  forward.isOneExample = objective.kind !== QUADRATIC && examples === 1;
  forward.asking = allocate((<usize>(most + 1)) << 3);
  switch (objective.kind) {
    case QUADRATIC:
      forward.slot = (<usize>objective.pairs) << 4;
      break;
    case SFT:
      forward.slot = (<usize>(objective.mostRows + SPARE)) << 3;
      break;
    default:
      forward.slot = 8;
  }
  forward.coefficients = allocate(places * forward.slot + 8 * SPARE);
  forward.seen = allocate((places + 1) << 4);
  forward.losses = allocate((places + 1) << 3);
  return forward;
}

/** Writes that a run at an iterate, on a sampler's sample, asks as number `index`; what counts is set by `count`. */
export function writeAsking(asking: usize, index: i32, iterate: Iterate, sampler: Sampler): void {
  const at = asking + ((<usize>index) << 3);
  store<usize>(at, changetype<usize>(iterate));
  store<usize>(at, sampler.drawn, 4);
}

/** Where the iterate of the one that asks as number `index` lies. */
export function iterateAddress(forward: Forward, index: i32): usize {
  return load<usize>(forward.asking + ((<usize>index) << 3));
}

function iterateAt(forward: Forward, index: i32): Iterate {
  return changetype<Iterate>(iterateAddress(forward, index));
}

function sampleAddress(forward: Forward, index: i32): usize {
  return load<usize>(forward.asking + ((<usize>index) << 3), 4);
}

/** Computes what gradients and losses are made of, for all that ask. */
export function computeAll(forward: Forward): void {
  switch (forward.objective.kind) {
    case SFT:
      return computeSft(forward);
    case QUADRATIC:
      return computeQuadratic(forward);
    default:
      return computeDpo(forward);
  }
}

function computeSft(forward: Forward): void {
  const objective = forward.objective;
  const pairs = objective.pairs;
  const slot = forward.slot;
  let coefficients = forward.coefficients;
  for (let index = 0; index < forward.count; index++) {
    const iterate = iterateAt(forward, index);
    const sample = sampleAddress(forward, index);
    for (let b = 0; b < forward.examples; b++, coefficients += slot) {
      const example = exampleAt(sample, b);
      products(example.rows, example.count, iterate.vector, pairs, coefficients);
    }
  }
  coefficients = forward.coefficients;
  let seen = forward.seen;
  for (let index = 0; index < forward.count; index++) {
    const iterate = iterateAt(forward, index);
    const sample = sampleAddress(forward, index);
    for (let b = 0; b < forward.examples; b++, coefficients += slot, seen += 16) {
      const example = exampleAt(sample, b);
      v128.store(seen, objective.powersAt(example.rows, example.count, iterate.vector, iterate.scale, coefficients));
    }
  }
}

function computeDpo(forward: Forward): void {
  const objective = forward.objective;
  const margins = forward.coefficients;
  let end = margins;
  for (let index = 0; index < forward.count; index++) {
    const iterate = iterateAt(forward, index);
    const sample = sampleAddress(forward, index);
    for (let b = 0; b < forward.examples; b++, end += 8) {
      const example = exampleAt(sample, b);
      store<f64>(end, objective.rewardMargin(example.index, example.rows, iterate.vector, iterate.scale));
    }
  }
  const one = f64x2.splat(1);
  const loss = objective.loss;
  const negative = f64x2.splat(-objective.factor);
  const setting = f64x2.splat(objective.setting);
  let seen = forward.seen;
  for (let at = margins; at < end; at += 16, seen += 32) {
    // By halves: a vector that is read right after a half of it was written keeps the processor waiting.
    const h = v128.load64_lane(at, v128.load64_zero(at), 1, 8);
    const power = Lanes.exp(f64x2.neg(f64x2.abs(h)));
    // σ(−h) without overflow.
    const numerator = v128.bitselect(power, one, f64x2.ge(h, f64x2.splat(0)));
    let slope = f64x2.div(numerator, f64x2.add(one, power));
    // The slope of the loss is −factor times this: (1 − ε) σ(−h) − ε σ(h), or −2 (h − aim), the factor being 1.
    if (loss === CONSERVATIVE) {
      const other = f64x2.div(v128.bitselect(one, power, f64x2.ge(h, f64x2.splat(0))), f64x2.add(one, power));
      slope = f64x2.sub(f64x2.mul(f64x2.sub(one, setting), slope), f64x2.mul(setting, other));
    } else if (loss === IDENTITY) {
      slope = f64x2.mul(f64x2.splat(-2), f64x2.sub(h, setting));
    }
    v128.store(at, f64x2.mul(negative, slope));
    v128.store(seen, v128.shuffle<f64>(h, power, 0, 2));
    v128.store(seen, v128.shuffle<f64>(h, power, 1, 3), 16);
  }
}

function computeQuadratic(forward: Forward): void {
  const objective = forward.objective;
  let gradient = forward.coefficients;
  for (let index = 0; index < forward.count; index++, gradient += forward.slot) {
    const iterate = iterateAt(forward, index);
    const value = quadraticGradient(objective, iterate.vector, iterate.scale, gradient);
    store<f64>(forward.losses + ((<usize>index) << 3), value);
    if (objective.noise !== 0) addVector(sampleAddress(forward, index), gradient, objective.pairs);
  }
}

/** Computes the losses of all that ask, once `computeAll` was there. */
export function computeLosses(forward: Forward): void {
  const objective = forward.objective;
  const kind = objective.kind;
  if (kind === QUADRATIC) return;
  let seen = forward.seen;
  const end = forward.losses + ((<usize>(forward.count * forward.examples)) << 3);
  for (let at = forward.losses; at < end; at += 16, seen += 32) {
    const first = v128.load(seen);
    const second = v128.load(seen, 16);
    const x = v128.shuffle<f64>(first, second, 0, 2);
    const y = v128.shuffle<f64>(first, second, 1, 3);
    v128.store(at, kind === SFT ? f64x2.add(x, Lanes.logOnePlus(y)) : objective.lossesOf(x, y));
  }
}

/** Adds weight × the gradient of the one that asked as number `index` to a vector. Spoils the coefficients. */
export function addGradient(forward: Forward, index: i32, weight: f64, vector: usize): void {
  const objective = forward.objective;
  const pairs = objective.pairs;
  let coefficients = coefficientsAt(forward, index);
  if (objective.kind === QUADRATIC) {
    scaled(coefficients, weight, coefficients, pairs);
    return addVector(coefficients, vector, pairs);
  }
  const sample = sampleAddress(forward, index);
  const each = weight / <f64>forward.examples;
  for (let b = 0; b < forward.examples; b++, coefficients += forward.slot) {
    const example = exampleAt(sample, b);
    const size = rowWeight(forward, index, b, each);
    addRows(example.rows, example.count, coefficients, size, vector, pairs);
  }
}

/**
 * Takes stepSize × the gradient of the one that asked as number `index` from its iterate, and adds the point before to
 * the sum of points; `scratch` is for a vector. Spoils the coefficients.
 */
export function moveAlong(forward: Forward, index: i32, stepSize: f64, scratch: usize): void {
  const objective = forward.objective;
  const iterate = iterateAt(forward, index);
  const coefficients = coefficientsAt(forward, index);
  if (forward.isOneExample) {
    const example = exampleAt(sampleAddress(forward, index), 0);
    const count = example.count;
    if (count > 0 && count <= MOST_ROWS) {
      const size = rowWeight(forward, index, 0, stepSize);
      iterate.squares = moveByRows(
        example.rows,
        count,
        coefficients,
        size,
        iterate.scale,
        iterate.vector,
        iterate.sum,
        objective.pairs,
      );
      return;
    }
  }
  if (objective.kind === QUADRATIC) return moveIterate(iterate, coefficients, stepSize, objective.pairs);
  memory.fill(scratch, 0, (<usize>objective.pairs) << 4);
  addGradient(forward, index, 1, scratch);
  moveIterate(iterate, scratch, stepSize, objective.pairs);
}

/** Takes stepSize × a gradient from an iterate, and adds the point before to the sum of points. */
export function moveIterate(iterate: Iterate, gradient: usize, stepSize: f64, pairs: i32): void {
  iterate.squares = moveBy(gradient, stepSize, iterate.scale, iterate.vector, iterate.sum, pairs);
}

function coefficientsAt(forward: Forward, index: i32): usize {
  return forward.coefficients + <usize>(index * forward.examples) * forward.slot;
}

/** What the coefficients of example b are multiplied by where its gradient counts `weight` times. */
function rowWeight(forward: Forward, index: i32, b: i32, weight: f64): f64 {
  if (forward.objective.kind !== SFT) return weight;
  return weight / (1 + load<f64>(forward.seen + ((<usize>(index * forward.examples + b)) << 4), 8));
}
