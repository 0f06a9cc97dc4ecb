import { createProblem } from '../src/problem/create.js';
import { problemData } from '../src/problem/data.js';
import { checkProblemFile } from '../src/problem/format.js';
import type { Problem } from '../src/problem/problem.js';
import { stream } from '../src/random/stream.js';

// TEMPORARY until the generators are merged.
function gram(random: { normal(): number }, d: number, condition: number): number[][] {
  // random rotation by Gram-Schmidt
  const basis: number[][] = [];
  while (basis.length < d) {
    const v = Array.from({ length: d }, () => random.normal());
    for (const b of basis) {
      const dot = v.reduce((s, x, i) => s + x * b[i], 0);
      for (let i = 0; i < d; i++) v[i] -= dot * b[i];
    }
    const n = Math.hypot(...v);
    basis.push(v.map((x) => x / n));
  }
  const eig = basis.map((_, k) => condition ** (-k / Math.max(1, d - 1)));
  const a = Array.from({ length: d }, (_, i) =>
    Array.from({ length: d }, (_, j) => basis.reduce((s, b, k) => s + eig[k] * b[i] * b[j], 0)),
  );
  return a.map((row, i) => row.map((x, j) => (x + a[j][i]) / 2));
}

export function quadraticPair(seed: number, d = 10): Promise<Problem> {
  const random = stream(seed, 'quadratic-pair');
  const dir = Array.from({ length: d }, () => random.normal());
  const n = Math.hypot(...dir);
  const c = dir.map((x) => x / n);
  return createProblem(
    problemData(
      checkProblemFile({
        kind: 'quadratic',
        objectives: {
          dpo: { hessian: gram(random, d, 5), minimizer: c, noise: 0.3 },
          sft: { hessian: gram(random, d, 5), minimizer: c.map((x) => -x), noise: 0.3 },
        },
        start: Array.from({ length: d }, () => random.normal()),
      }),
    ),
  );
}

export function logLinearPair(
  seed: number,
  { dimension = 10, examples = 200, candidates = 5, conflict = 0.5, beta = 1, radius = 4, scale = 2 } = {},
): Promise<Problem> {
  const random = stream(seed, 'log-linear-pair');
  const vec = () => Array.from({ length: dimension }, () => random.normal());
  const unit = (v: number[]) => {
    const n = Math.hypot(...v);
    return v.map((x) => x / n);
  };
  const dot = (a: number[], b: number[]) => a.reduce((s, x, i) => s + x * b[i], 0);
  const u = unit(vec());
  const w0 = vec();
  const w = unit(w0.map((x, i) => x - dot(w0, u) * u[i]));
  const v = u.map((x, i) => -conflict * x + Math.sqrt(1 - conflict ** 2) * w[i]);
  const sft = Array.from({ length: examples }, () => {
    const cands = Array.from({ length: candidates }, vec);
    const logits = cands.map((f) => scale * dot(f, u));
    const m = Math.max(...logits);
    const p = logits.map((l) => Math.exp(l - m));
    let r = random.uniform() * p.reduce((a, b) => a + b, 0);
    let target = 0;
    while (target < candidates - 1 && (r -= p[target]) > 0) target++;
    return { candidates: cands, target };
  });
  const dpo = Array.from({ length: examples }, () => {
    const [a, b] = [vec(), vec()];
    const first = random.uniform() < 1 / (1 + Math.exp(-scale * dot(v, a.map((x, i) => x - b[i]))));
    return first ? { chosen: a, rejected: b } : { chosen: b, rejected: a };
  });
  const zero = Array.from({ length: dimension }, () => 0);
  return createProblem(
    problemData(checkProblemFile({ kind: 'log-linear', dimension, beta, reference: zero, radius, start: zero, sft, dpo })),
  );
}
