import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/input-error.js';
import { stream } from '../../../src/base/random-stream.js';
import { enclosedFront, type EnclosedFront } from '../../../src/convex/front/enclosed-front.js';
import { hypervolume } from '../../../src/convex/front/hypervolume.js';
import { reachedAt, support, type Vertex } from '../../../src/convex/front/support.js';
import { ontoBall } from '../../../src/convex/optimum/quadratic-model.js';
import type { ProblemFile } from '../../../src/convex/problem/format.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import type { PairForm } from '../../../src/theory/subject.js';
import { suite, subjectOf } from '../../../src/theory/verify/suite.js';
import { closedFormFile } from '../../problems.js';

/** The height of a chain at a place: Infinity before its first vertex, level after its last. */
function heightAt(chain: readonly Vertex[], dpo: number): number {
  const next = chain.findIndex((vertex) => vertex[0] >= dpo);
  if (next === -1) return chain[chain.length - 1][1];
  if (next === 0) return chain[0][0] === dpo ? chain[0][1] : Infinity;
  const [from, to] = [chain[next - 1], chain[next]];
  return from[1] + ((dpo - from[0]) / (to[0] - from[0])) * (to[1] - from[1]);
}

/** Fails where a point of the true front is outside the enclosure, or the polygons are farther apart than said. */
function expectEncloses(front: EnclosedFront, [dpo, sft]: Vertex): void {
  const slack = 1e-14 * (1 + Math.abs(dpo) + Math.abs(sft));
  expect(heightAt(front.outer, dpo)).toBeLessThanOrEqual(sft + slack);
  const { ranges, error } = front;
  expect(heightAt(front.inner, dpo + error * ranges.dpo + slack)).toBeLessThanOrEqual(sft + error * ranges.sft + slack);
}

async function frontOf(file: ProblemFile, error = 1e-3): Promise<EnclosedFront> {
  return enclosedFront(await parseProblem(file), { error });
}

/** A subject that is given as a formula, as a problem file. */
function fileOf(form: PairForm | undefined): ProblemFile {
  if (form === undefined) throw new Error('a subject that is no formula');
  const n = form.kind === 'tilted' ? 2 : form.coordinates;
  const variables = Array.from({ length: n }, (_, i) => `x${i + 1}`);
  const [dpo, sft] =
    form.kind === 'tilted'
      ? ['+', '-'].map((sign) => `${form.slope} * x1 ${sign} x2`)
      : Array.from({ length: 2 }, () => `max(${variables.join(',')})`);
  return { kind: 'expression', variables, objectives: { dpo, sft }, radius: 1, start: variables.map(() => 0) };
}

/** A pair of expressions in x on a ball. */
function line(dpo: string, sft: string, radius = 5, start = -4): ProblemFile {
  return { kind: 'expression', variables: ['x'], objectives: { dpo, sft }, radius, start: [start] };
}

describe('the enclosed front', () => {
  it('holds the closed-form front √dpo + √sft = √2, to every error', async () => {
    for (const error of [0.1, 1e-3, 1e-5]) {
      const front = await frontOf(closedFormFile(), error);
      expect(front.error).toBeLessThanOrEqual(error);
      for (let dpo = 0; dpo <= 2; dpo += 0.01) expectEncloses(front, [dpo, (Math.SQRT2 - Math.sqrt(dpo)) ** 2]);
      expect(front.knee).toMatchObject({ lambda: 0.5, dpo: 0.5, sft: 0.5 });
      // ∫ (2 − (√2 − √x)²) dx from 0 to 2
      const { lower, upper } = hypervolume(front);
      expect(lower).toBeLessThanOrEqual(10 / 3);
      expect(upper).toBeGreaterThanOrEqual(10 / 3);
      expect(upper - lower).toBeLessThanOrEqual(4 * error);
    }
  });

  // A certificate of the minimum of a maximum of 100 coordinates is beyond the bundle method: refused below.
  const names = new Set(suite(true).map(({ problem }) => problem));
  const certified = [...names].filter((name) => !/^max-of-\d{3}-/.test(name));
  it.each(certified)(
    'takes at most 40 solves for 1e-3 on %s of the suite, and holds what random θ reach',
    async (name) => {
      const { problem: own, form } = await subjectOf({ problem: name, lambda: 0.5 });
      const problem = own ?? (await parseProblem(fileOf(form)));
      const front = enclosedFront(problem, { error: 1e-3 });
      expect(front.supports.length).toBeLessThanOrEqual(40);
      // Of a front that is one point the range is nothing, and certificates decide.
      const certificate = Math.max(...front.supports.map(({ point }) => point.certificate));
      expect(front.error).toBeLessThanOrEqual(front.inner.length > 1 ? 1e-3 : 1e13 * certificate);
      const random = stream(1, `front-${name}`);
      for (let trial = 0; trial < 200; trial++) {
        // Around the front's own θ, where the polygons are close.
        const { minimizer } = front.supports[random.integer(front.supports.length)].point;
        const scale = 10 ** (-8 * random.uniform());
        const theta = ontoBall(
          minimizer.map((entry) => entry + scale * random.normal()),
          problem.radius,
        );
        const [dpo, sft] = reachedAt(problem, Float64Array.from(theta));
        expect(heightAt(front.outer, dpo)).toBeLessThanOrEqual(sft + 1e-14 * Math.abs(sft));
      }
      for (const lambda of front.inner.length > 1 ? [1e-3, 0.2, 0.41, 0.77, 0.999] : []) {
        const { reached } = support(problem, lambda);
        expectEncloses(front, reached);
      }
    },
  );

  it('is refused where minima are certified so poorly that nothing is known of it', async () => {
    const problem = await parseProblem(fileOf({ kind: 'max-of-coordinates', coordinates: 100 }));
    expect(() => enclosedFront(problem, { error: 1e-3 })).toThrow(
      /^certificate: got 0\.\d+, expected minima that are certified more closely than the front is long/,
    );
  });

  it('is refused to an error that would take solves without end', async () => {
    const problem = await parseProblem(closedFormFile());
    expect(() => enclosedFront(problem, { error: 1e-14, mostSolves: 60 })).toThrow(
      /error: got 1e-14, expected at least \d\.\de-\d+, which 60 solves reach on this problem/,
    );
  });

  it('has ends where an objective has many minimisers, corners, flat pieces and single points', async () => {
    // f_SFT is least on [−1, 1], and the solver starts at its far end; the front is (½(3 − x)², x − 1) for 1 ≤ x ≤ 3.
    const manyMinimisers = await frontOf(line('(x-3)^2/2', 'max(0,abs(x)-1)'));
    for (let x = 1; x <= 3; x += 0.01) expectEncloses(manyMinimisers, [(3 - x) ** 2 / 2, x - 1]);
    expect(manyMinimisers.inner.at(-1)?.[0]).toBeCloseTo(2, 10);
    // Of ½((x − 2)² + (y − 3)²) and ½x² the ends are (0, 2) and (2, 0), and the knee (½, ½), whatever y the solver takes.
    const plane = await parseProblem({
      kind: 'quadratic',
      objectives: {
        dpo: { hessian: [[1, 0], [0, 1]], minimizer: [2, 3], noise: 0 },
        sft: { hessian: [[1, 0], [0, 0]], minimizer: [0, 0], noise: 0 },
      },
      start: [1, 1],
    }); // prettier-ignore
    const { inner, knee } = enclosedFront(plane, { error: 1e-3 });
    expect(inner.at(-1)?.[0]).toBeCloseTo(2, 5);
    expect(knee?.lambda).toBeCloseTo(0.5, 5);
    // The front has a corner at x = 0, where its slope jumps.
    const corner = await frontOf(line('abs(x-1)+x^2/8', '(x+1)^2/2+2*max(0,x)'));
    for (let x = -1; x <= 1; x += 0.01) {
      expectEncloses(corner, [1 - x + x ** 2 / 8, (x + 1) ** 2 / 2 + 2 * Math.max(0, x)]);
    }
    // A straight line, of which one solve says everything.
    const flat = await frontOf(line('abs(x-1)', 'abs(x+1)'), 1e-9);
    for (let x = -1; x <= 1; x += 0.01) expectEncloses(flat, [1 - x, x + 1]);
    expect(flat.supports.length).toBeLessThanOrEqual(4);
    expect(flat.error).toBeLessThan(1e-9);
    // All of it is chord, so that no point is the knee; of the others some point is.
    expect(flat.knee).toBeUndefined();
    expect(corner.knee?.lambda).toBeGreaterThan(0);
    const single = await frontOf(line('(x-1)^2', '2*(x-1)^2+1'));
    expect(single.inner).toHaveLength(1);
    expect(single.inner[0][0]).toBeCloseTo(0, 14);
    expect(single.inner[0][1]).toBeCloseTo(1, 14);
    expect(single.supports.length).toBeLessThanOrEqual(5);
  });

  it('refuses an error that is none, and problems whose minima nothing certifies', async () => {
    const problem = await parseProblem(closedFormFile());
    for (const error of [0, -1, NaN, Infinity]) expect(() => enclosedFront(problem, { error })).toThrow(InputError);
    const front = enclosedFront(problem, { error: 0.1 });
    expect(() => hypervolume(front, [1, 3])).toThrow('reference-point');
    expect(() => hypervolume(front, [1e200, 3])).toThrow('reference-point: got 1e+200');
    const { lower, upper } = hypervolume(front, [3, 3]);
    expect(lower).toBeLessThan(25 / 3);
    expect(upper).toBeGreaterThan(25 / 3);
  });
});
