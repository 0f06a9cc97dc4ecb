import { compared } from '../../experiments/compared.js';
import { isListed } from '../../src/schedule/recognise.js';
import { constantTable, type ConstantName } from '../../src/theory/constants.js';
import { runBounds } from '../../src/theory/run-bounds.js';
import { totalRows } from '../../src/convex/problem/feature-rows.js';
import { paretoFront } from '../../src/convex/optimum/weighted-sum.js';
import { stepSizes } from '../../src/schedule/step-size.js';
import {
  recordedSteps,
  type Job,
  type DrawnOptimum,
  type Scene,
  type ShownBound,
  type Theory,
  type PlaneWindow,
} from './protocol.js';
import { toPlane, type PosedProblem } from './subject.js';

/** The landscape of a job's problem: both objectives on a grid, and the certified points. */
export function sceneOf(posed: PosedProblem, job: Job): Scene {
  const { problem, subject, plane, problemText } = posed;
  const { objectives, dimension } = problem;
  const referenceOptimum = ({ minimizer, value, certificate }: (typeof subject)['weightedSum']): DrawnOptimum => ({
    point: toPlane(plane, minimizer),
    dpo: objectives.dpo.value(minimizer),
    sft: objectives.sft.value(minimizer),
    value,
    certificate,
  });
  const referenceOptima = {
    dpo: referenceOptimum(subject.ideal.dpo),
    sft: referenceOptimum(subject.ideal.sft),
    weightedSum: referenceOptimum(subject.weightedSum),
    chebyshev: referenceOptimum(subject.chebyshev),
  };
  const start = toPlane(plane, problem.start);
  const window = job.window ?? windowAround([start, ...Object.values(referenceOptima).map(({ point }) => point)]);
  return {
    dimension,
    conditional: problem.conditionalOnConvexity,
    window,
    field: field(posed, window),
    plane,
    start,
    referenceOptima,
    radius: problem.radius,
    problemText,
  };
}

/** A window of the shape 4 : 3 in which all points lie, with air around them. */
function windowAround(points: readonly (readonly [number, number])[]): PlaneWindow {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const middle = (values: readonly number[]): number => (Math.min(...values) + Math.max(...values)) / 2;
  const extent = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
  const half = Math.max(0.3, 0.8 * Math.max(extent(xs) / 4, extent(ys) / 3));
  const [x, y] = [middle(xs), middle(ys)];
  return { x: [x - 4 * half, x + 4 * half], y: [y - 3 * half, y + 3 * half] };
}

/** How many values of a large data set a landscape may cost. */
const affordable = 3e6;

function field({ problem, subject, plane }: PosedProblem, { x, y }: PlaneWindow): Scene['field'] {
  const { data, dimension, objectives } = problem;
  const examples = data.kind === 'log-linear' ? totalRows(data.sft.rows) + totalRows(data.dpo.rows) : 1;
  const fine = Math.min(1, Math.sqrt(affordable / (8000 * examples * dimension)));
  const [columns, rows] = dimension === 1 ? [241, 1] : [Math.ceil(24 + 80 * fine), Math.ceil(18 + 60 * fine)];
  const theta = new Float64Array(dimension);
  const [dpo, sft] = [new Float64Array(columns * rows), new Float64Array(columns * rows)];
  for (let row = 0; row < rows; row++) {
    const b = dimension === 1 ? 0 : y[0] + (row / (rows - 1)) * (y[1] - y[0]);
    for (let column = 0; column < columns; column++) {
      const a = x[0] + (column / (columns - 1)) * (x[1] - x[0]);
      for (let i = 0; i < dimension; i++) theta[i] = plane.origin[i] + a * plane.axes[0][i] + b * plane.axes[1][i];
      dpo[row * columns + column] = objectives.dpo.value(theta) - subject.ideal.dpo.value;
      sft[row * columns + column] = objectives.sft.value(theta) - subject.ideal.sft.value;
    }
  }
  return { columns, rows, dpo, sft };
}

/** The Pareto front and what the theorems say of every schedule's run. */
export function theoryOf({ problem, subject, plane }: PosedProblem, job: Job): Theory {
  const { steps, split, period, schedules } = job;
  const weights = Array.from({ length: 41 }, (_, i) => Math.sin((Math.PI * i) / 80) ** 2);
  const front = paretoFront(problem, weights).map(({ lambda, dpo, sft, certificate, minimizer }) => {
    return { lambda, dpo, sft, certificate, point: toPlane(plane, minimizer) };
  });
  const sizes = stepSizes(job.stepSize, steps);
  const record = recordedSteps(job);
  const bounds = Object.fromEntries(
    schedules.filter(isListed).map((key) => {
      const found = runBounds(subject, { ...compared[key], split, period, stepSizes: sizes });
      const shown = found.map((bound): ShownBound => {
        const { id, kind } = bound.theorem;
        if ('reason' in bound)
          return {
            id,
            kind,
            silence: bound.reason,
            measure: 'gap',
            constants: [],
            curve: new Float64Array(0),
            value: NaN,
          };
        return {
          id,
          kind,
          silence: '',
          measure: bound.measure,
          constants: bound.theorem.needs.map((name) => shownConstant(name, bound.constants[name] ?? NaN)),
          curve: Float64Array.from(record, (T) => (T === 0 ? NaN : bound.after(T))),
          value: bound.after(steps),
        };
      });
      return [key, shown];
    }),
  );
  return { front, bounds };
}

function shownConstant(name: ConstantName, value: number): ShownBound['constants'][number] {
  return { name, meaning: constantTable[name].meaning, value };
}
