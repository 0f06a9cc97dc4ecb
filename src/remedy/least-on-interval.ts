/** A position and the value there. */
export interface Found {
  readonly position: number;
  readonly value: number;
}

/**
 * The least value of a continuous function on an interval: Brent's method (golden section and parabolas) from every local
 * minimum of some known values. A function with narrower valleys than those may have a lower one.
 * @param grid positions, ascending, with the values there
 * @param tolerance ends where the three values around the minimum differ by less, or their positions by 1e-12
 */
export function leastOnInterval(f: (position: number) => number, grid: readonly Found[], tolerance: number): Found {
  let best = grid.reduce(lower);
  grid.forEach((middle, i) => {
    const left = grid[Math.max(0, i - 1)];
    const right = grid[Math.min(grid.length - 1, i + 1)];
    const isValley = middle.value <= left.value && middle.value <= right.value;
    if (isValley && Math.max(left.value, right.value) > middle.value + tolerance) {
      best = lower(best, refined(f, left.position, middle, right.position, tolerance));
    }
  });
  return best;
}

function lower(a: Found, b: Found): Found {
  return b.value < a.value ? b : a;
}

const goldenPart = (3 - Math.sqrt(5)) / 2;

/** Brent's minimisation between two positions, from a point between (or at an end of) them. */
function refined(f: (position: number) => number, from: number, start: Found, to: number, tolerance: number): Found {
  let [low, high] = [from, to];
  // The best three so far, and the last two moves.
  let [x, w, v] = [start, start, start];
  let [move, moveBefore] = [0, high - low];
  for (let iteration = 0; iteration < 100; iteration++) {
    const middle = (low + high) / 2;
    const least = 1e-9 * Math.abs(x.position) + 1e-12;
    if (Math.abs(x.position - middle) <= 2 * least - (high - low) / 2) break;
    let step: number | undefined;
    if (Math.abs(moveBefore) > least) {
      const r = (x.position - w.position) * (x.value - v.value);
      let q = (x.position - v.position) * (x.value - w.value);
      let p = (x.position - v.position) * q - (x.position - w.position) * r;
      q = 2 * (q - r);
      if (q > 0) p = -p;
      q = Math.abs(q);
      const before = moveBefore;
      if (Math.abs(p) < Math.abs((q * before) / 2) && p > q * (low - x.position) && p < q * (high - x.position)) {
        step = p / q;
        const reached = x.position + step;
        if (reached - low < 2 * least || high - reached < 2 * least) step = x.position < middle ? least : -least;
      }
    }
    moveBefore = move;
    if (step === undefined) {
      moveBefore = x.position < middle ? high - x.position : low - x.position;
      step = goldenPart * moveBefore;
    }
    move = step;
    const position = x.position + (Math.abs(step) >= least ? step : Math.sign(step) * least);
    const trial = { position, value: f(position) };
    const settled = Math.abs(trial.value - x.value) < tolerance && Math.abs(w.value - x.value) < tolerance && w !== x;
    if (trial.value <= x.value) {
      if (position < x.position) high = x.position;
      else low = x.position;
      [v, w, x] = [w, x, trial];
    } else {
      if (position < x.position) low = position;
      else high = position;
      if (trial.value <= w.value || w === x) [v, w] = [w, trial];
      else if (trial.value <= v.value || v === x || v === w) v = trial;
    }
    if (settled) break;
  }
  return x;
}
