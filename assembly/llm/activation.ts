// Activations and their derivatives in one pass: both share an exponential.
import { Lanes } from './exponential';

/** An item is this many numbers. */
const blockLength = 1024;

@unmanaged
class Activation {
  x: usize;
  y: usize;
  /** Where dy/dx goes. */
  slope: usize;
  length: i32;
}

/** x Φ(x), Φ the standard normal distribution function. */
export function gelu(args: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Activation>(args);
  const last = min(p.length, end * blockLength);
  let i = begin * blockLength;
  for (; i + 4 <= last; i += 4) {
    const at = (<usize>i) << 2;
    const x = v128.load(p.x + at);
    const bell = Lanes.exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
    const share = normalDistribution(x, bell);
    v128.store(p.y + at, f32x4.mul(x, share));
    v128.store(p.slope + at, geluSlope(x, bell, share));
  }
  for (; i < last; i++) {
    const at = (<usize>i) << 2;
    const x = v128.load32_splat(p.x + at);
    const bell = Lanes.exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
    const share = normalDistribution(x, bell);
    store<f32>(p.y + at, f32x4.extract_lane(f32x4.mul(x, share), 0));
    store<f32>(p.slope + at, f32x4.extract_lane(geluSlope(x, bell, share), 0));
  }
}

/** Φ(x) + x φ(x). */
function geluSlope(x: v128, bell: v128, share: v128): v128 {
  const density = f32x4.mul(bell, f32x4.splat(<f32>0.3989422804014327));
  return f32x4.add(share, f32x4.mul(x, density));
}

/**
 * Φ(x) from e^(−x²/2). With t = 1 / (1 + 0.28 |x|) the lower tail is e^(−x²/2) P(t) for a polynomial P, fitted to within
 * 1e-8 of Φ everywhere (the form of Abramowitz and Stegun 7.1.26, one degree higher).
 */
function normalDistribution(x: v128, bell: v128): v128 {
  const one = f32x4.splat(1);
  const t = f32x4.div(one, f32x4.add(one, f32x4.mul(f32x4.splat(0.28), f32x4.abs(x))));
  let p = f32x4.splat(<f32>-0.105807850875215);
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(<f32>0.3898724410595275));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(<f32>-0.23699096469955983));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(<f32>0.2689081706971079));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(<f32>0.06749753841682032));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(<f32>0.11652065616070599));
  const tail = f32x4.mul(f32x4.mul(p, t), bell);
  return v128.bitselect(f32x4.sub(one, tail), tail, f32x4.gt(x, f32x4.splat(0)));
}

/** x σ(x), σ the logistic function. */
export function silu(args: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Activation>(args);
  const last = min(p.length, end * blockLength);
  let i = begin * blockLength;
  for (; i + 4 <= last; i += 4) {
    const at = (<usize>i) << 2;
    const x = v128.load(p.x + at);
    const logistic = logisticFunction(x);
    v128.store(p.y + at, f32x4.mul(x, logistic));
    v128.store(p.slope + at, siluSlope(x, logistic));
  }
  for (; i < last; i++) {
    const at = (<usize>i) << 2;
    const x = v128.load32_splat(p.x + at);
    const logistic = logisticFunction(x);
    store<f32>(p.y + at, f32x4.extract_lane(f32x4.mul(x, logistic), 0));
    store<f32>(p.slope + at, f32x4.extract_lane(siluSlope(x, logistic), 0));
  }
}

function logisticFunction(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, Lanes.exp(f32x4.neg(x))));
}

/** σ(x) (1 + x (1 − σ(x))). */
function siluSlope(x: v128, logistic: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.mul(logistic, f32x4.add(one, f32x4.mul(x, f32x4.sub(one, logistic))));
}
