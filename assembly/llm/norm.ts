// Layer norm and root mean square norm of rows. The backward pass makes the standardised rows again from the saved mean
// and inverse deviation of each.

@unmanaged
class Norm {
  /** [rows, width] */
  x: usize;
  /** [width] */
  weight: usize;
  /** [width]; 0 for a root mean square norm, which does not centre. */
  bias: usize;
  /** The output: y [rows, width], in the backward pass dL/dx, or dL/dweight [width]. */
  y: usize;
  /** [rows, 2]: mean and inverse deviation. */
  statistics: usize;
  width: i32;
  epsilon: f32;
  /** dL/dy, in the backward pass. */
  dy: usize;
  rows: i32;
}

/** (x − mean) · inverse deviation · weight + bias of the rows from `begin` to before `end`. */
export function norm(args: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Norm>(args);
  const bytes = (<usize>p.width) << 2;
  const vectors = bytes & ~15;
  const width = <f32>p.width;
  for (let row = begin; row < end; row++) {
    const x = p.x + <usize>row * bytes;
    const y = p.y + <usize>row * bytes;
    let mean: f32 = 0;
    if (p.bias != 0) {
      let sums = f32x4.splat(0);
      let i: usize = 0;
      for (; i < vectors; i += 16) sums = f32x4.add(sums, v128.load(x + i));
      mean = total(sums);
      for (; i < bytes; i += 4) mean += load<f32>(x + i);
      mean /= width;
    }
    const means = f32x4.splat(mean);
    let squares = f32x4.splat(0);
    let i: usize = 0;
    for (; i < vectors; i += 16) {
      const deviation = f32x4.sub(v128.load(x + i), means);
      squares = f32x4.add(squares, f32x4.mul(deviation, deviation));
    }
    let square = total(squares);
    for (; i < bytes; i += 4) square += (load<f32>(x + i) - mean) * (load<f32>(x + i) - mean);
    const scale = <f32>1 / sqrt<f32>(square / width + p.epsilon);
    const scales = f32x4.splat(scale);
    for (i = 0; i < vectors; i += 16) {
      let value = f32x4.mul(f32x4.mul(f32x4.sub(v128.load(x + i), means), scales), v128.load(p.weight + i));
      if (p.bias != 0) value = f32x4.add(value, v128.load(p.bias + i));
      v128.store(y + i, value);
    }
    for (; i < bytes; i += 4) {
      let value = (load<f32>(x + i) - mean) * scale * load<f32>(p.weight + i);
      if (p.bias != 0) value += load<f32>(p.bias + i);
      store<f32>(y + i, value);
    }
    const statistics = p.statistics + ((<usize>row) << 3);
    store<f32>(statistics, mean);
    store<f32>(statistics, scale, 4);
  }
}

/**
 * dL/dx of the rows from `begin` to before `end`: with z the standardised row and g = dy · weight it is
 * s (g − mean g − z mean(g z)), without the first mean where nothing was centred.
 */
export function normGradient(args: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Norm>(args);
  const bytes = (<usize>p.width) << 2;
  const vectors = bytes & ~15;
  const width = <f32>p.width;
  for (let row = begin; row < end; row++) {
    const x = p.x + <usize>row * bytes;
    const dy = p.dy + <usize>row * bytes;
    const dx = p.y + <usize>row * bytes;
    const statistics = p.statistics + ((<usize>row) << 3);
    const mean = load<f32>(statistics);
    const scale = load<f32>(statistics, 4);
    const means = f32x4.splat(mean);
    const scales = f32x4.splat(scale);
    let sums = f32x4.splat(0);
    let products = f32x4.splat(0);
    let i: usize = 0;
    for (; i < vectors; i += 16) {
      const g = f32x4.mul(v128.load(dy + i), v128.load(p.weight + i));
      const z = f32x4.mul(f32x4.sub(v128.load(x + i), means), scales);
      sums = f32x4.add(sums, g);
      products = f32x4.add(products, f32x4.mul(g, z));
    }
    let sum = total(sums);
    let product = total(products);
    for (; i < bytes; i += 4) {
      const g = load<f32>(dy + i) * load<f32>(p.weight + i);
      sum += g;
      product += g * (load<f32>(x + i) - mean) * scale;
    }
    const meanGradient = p.bias != 0 ? sum / width : <f32>0;
    const meanProduct = product / width;
    for (i = 0; i < vectors; i += 16) {
      const g = f32x4.mul(v128.load(dy + i), v128.load(p.weight + i));
      const z = f32x4.mul(f32x4.sub(v128.load(x + i), means), scales);
      const centred = f32x4.sub(f32x4.sub(g, f32x4.splat(meanGradient)), f32x4.mul(z, f32x4.splat(meanProduct)));
      v128.store(dx + i, f32x4.mul(centred, scales));
    }
    for (; i < bytes; i += 4) {
      const g = load<f32>(dy + i) * load<f32>(p.weight + i);
      const z = (load<f32>(x + i) - mean) * scale;
      store<f32>(dx + i, (g - meanGradient - z * meanProduct) * scale);
    }
  }
}

/** Columns of an item of the next kernel: a cache line's. */
const lane = 16;

/** dL/dweight = Σ dy z of the blocks of 16 columns from `begin` to before `end`. */
export function normWeightGradient(args: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Norm>(args);
  const bytes = (<usize>p.width) << 2;
  for (let column = begin * lane; column < min(p.width, end * lane);) {
    const at = (<usize>column) << 2;
    let x = p.x + at;
    let dy = p.dy + at;
    let statistics = p.statistics;
    if (column + 4 <= p.width) {
      let weights = f32x4.splat(0);
      for (let row = 0; row < p.rows; row++) {
        const g = v128.load(dy);
        const z = f32x4.mul(f32x4.sub(v128.load(x), v128.load32_splat(statistics)), v128.load32_splat(statistics, 4));
        weights = f32x4.add(weights, f32x4.mul(g, z));
        x += bytes;
        dy += bytes;
        statistics += 8;
      }
      v128.store(p.y + at, weights);
      column += 4;
    } else {
      let weight: f32 = 0;
      for (let row = 0; row < p.rows; row++) {
        const g = load<f32>(dy);
        weight += g * ((load<f32>(x) - load<f32>(statistics)) * load<f32>(statistics, 4));
        x += bytes;
        dy += bytes;
        statistics += 8;
      }
      store<f32>(p.y + at, weight);
      column++;
    }
  }
}

function total(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}
