// One AdamW update in one pass over a parameter, its gradient and its moments.

/** An item is this many numbers. */
const blockLength = 1024;

@unmanaged
class Update {
  parameter: usize;
  gradient: usize;
  firstMoment: usize;
  secondMoment: usize;
  length: i32;
  beta1: f32;
  beta2: f32;
  /** 1 − beta1 and 1 − beta2, rounded once. */
  complement1: f32;
  complement2: f32;
  epsilon: f32;
  /** Learning rate / (1 − beta1^t). */
  rate: f32;
  /** 1 − beta2^t. */
  correction2: f32;
  /** 1 − learning rate · weight decay. */
  shrinkage: f32;
}

/** Updates parameter and moments in place. */
export function adamw(args: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Update>(args);
  const last = min(p.length, end * blockLength);
  let i = begin * blockLength;
  for (; i + 4 <= last; i += 4) {
    const at = (<usize>i) << 2;
    const g = v128.load(p.gradient + at);
    const m = mixed(v128.load(p.firstMoment + at), g, p.beta1, p.complement1);
    const v = mixed(v128.load(p.secondMoment + at), f32x4.mul(g, g), p.beta2, p.complement2);
    v128.store(p.firstMoment + at, m);
    v128.store(p.secondMoment + at, v);
    v128.store(p.parameter + at, updated(v128.load(p.parameter + at), m, v, p));
  }
  for (; i < last; i++) {
    const at = (<usize>i) << 2;
    const g = v128.load32_splat(p.gradient + at);
    const m = mixed(v128.load32_splat(p.firstMoment + at), g, p.beta1, p.complement1);
    const v = mixed(v128.load32_splat(p.secondMoment + at), f32x4.mul(g, g), p.beta2, p.complement2);
    store<f32>(p.firstMoment + at, f32x4.extract_lane(m, 0));
    store<f32>(p.secondMoment + at, f32x4.extract_lane(v, 0));
    store<f32>(p.parameter + at, f32x4.extract_lane(updated(v128.load32_splat(p.parameter + at), m, v, p), 0));
  }
}

/** beta · moment + (1 − beta) · now. */
function mixed(moment: v128, now: v128, beta: f32, complement: f32): v128 {
  return f32x4.add(f32x4.mul(moment, f32x4.splat(beta)), f32x4.mul(now, f32x4.splat(complement)));
}

function updated(parameter: v128, m: v128, v: v128, p: Update): v128 {
  const root = f32x4.add(f32x4.sqrt(f32x4.div(v, f32x4.splat(p.correction2))), f32x4.splat(p.epsilon));
  const step = f32x4.div(f32x4.mul(m, f32x4.splat(p.rate)), root);
  return f32x4.sub(f32x4.mul(parameter, f32x4.splat(p.shrinkage)), step);
}
