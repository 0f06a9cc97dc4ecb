import type { EnsembleResult } from '../../src/experiment/comparison.js';
import { theorems } from '../../src/theory/registry.js';
import type { Checked } from '../../src/experiment/checks.js';
import type { Experiment } from '../../src/experiment/experiment.js';
import type { ReferenceOptimum, ReferenceOptima } from '../../src/experiment/reference-optima.js';
import { comparisons, type Comparison } from '../../src/study/plan.js';
import type { ReferenceRow, RunKey, SensitivityRow } from '../../src/study/results.js';
import { stream } from '../../src/base/random-stream.js';
import type { Estimate } from '../../src/base/statistics.js';
import { alternation, type Alternation } from '../../experiments/alternation.js';
import { optimumError, type OptimumError } from '../../experiments/optimum-error.js';
import { budgetExperiment, type BudgetResults } from '../../experiments/budget.js';
import { comparison, type ComparisonResults } from '../../experiments/comparison.js';
import { comparedKeys } from '../../experiments/compared.js';
import { conflict, type Conflict } from '../../experiments/conflict.js';
import { gapVersusSteps, type GapVersusSteps } from '../../experiments/gap-versus-steps.js';
import { lambdaSweep, type LambdaSweep } from '../../experiments/lambda-sweep.js';
import { llm, type LlmResults } from '../../experiments/llm.js';
import { llmRemedies, type LlmRemedies } from '../../experiments/llm-remedies.js';
import { landscape, type Landscape } from '../../experiments/landscape.js';
import { noiseFloor, type NoiseFloor } from '../../experiments/noise-floor.js';
import { period, type Period } from '../../experiments/period.js';
import { rates, type Rates } from '../../experiments/rates.js';
import { remedies, type Remedies } from '../../experiments/remedies.js';
import { remedyBars, type RemedyBars } from '../../experiments/remedy-bars.js';
import { earlyStop, type EarlyStop } from '../../experiments/early-stop.js';
import { realModel, type RealModel } from '../../experiments/real-model.js';
import { realText, type RealText } from '../../experiments/real-text.js';
import { statements, type Statements } from '../../experiments/statements.js';
import { tradeOff } from '../../experiments/trade-off.js';
import { worstCases, type WorstCases } from '../../experiments/worst-case.js';

// Results of the right shape with seeded numbers that nothing but the drawing depends on: what a figure looks like is
// tested apart from what the experiments find.

// Each experiment's numbers are its own, so that one more leaves the pictures of the others as they are.
let random = stream(0, 'example-results');

function around(centre: number, { uniform } = random): Estimate {
  const mean = centre * (0.8 + 0.4 * uniform());
  return { mean, ci95: [0.8 * mean, 1.2 * mean] };
}

function ensemble(steps: readonly number[], level: number): EnsembleResult {
  const last = steps[steps.length - 1];
  return {
    steps,
    measures: steps.map(() => ({
      gap: around(level),
      averageGap: around(level),
      maxGap: around(level),
      averageMaxGap: around(level),
      dpo: around(level),
      sft: around(2 * level),
      idealDistance: around(level),
      normalizedIdealDistance: around(level),
    })),
    gradients: 2 * last,
    evaluations: last / 5,
    firstSeed: steps.map(() => ({ dpo: random.uniform(), sft: random.uniform() })),
    path: steps.map(() => [random.uniform(), random.uniform()]),
  };
}

function referenceOptimum(level: number): ReferenceOptimum {
  const measures = { gap: level, maxGap: level, dpo: level, sft: 2 * level, idealDistance: level };
  return { point: [level, 1 - level], measures, certificate: 1e-12 };
}

const referenceOptima = (): ReferenceOptima => ({
  optima: { lambda: 0.5, ideal: { dpo: 0.1, sft: 0.2 }, weightedSum: 0.3, chebyshev: 0.1 },
  weightedSum: referenceOptimum(0.3),
  chebyshev: referenceOptimum(0.4),
  dpo: referenceOptimum(0.9),
  sft: referenceOptimum(0.1),
});

const made = { lambda: 0.5, steps: 100, batch: 4, stepSize: '1/sqrt(T)', seeds: 3 };

const subject = { description: 'a pair', given: false };

const tradeOffResults = () => ({
  ...made,
  subject,
  values: 'full' as const,
  ideal: { dpo: 0.1, sft: 0.2 },
  front: [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1].map((lambda) => ({
    lambda,
    dpo: 0.2 + (1 - lambda) ** 2,
    sft: 0.3 + lambda ** 2,
    certificate: 1e-12,
  })),
  runs: comparedKeys.flatMap((key) =>
    [0.01, 0.5, 0.99].map((lambda) => ({ key, lambda, result: ensemble([0, 10, 100], 0.5) })),
  ),
});

/** An example whose number is its own: a statement more leaves those of the others as they are. */
function checked(id: string, problem: string, variant: string, steps: number): Checked {
  const measured = around(1 / Math.sqrt(steps), stream(0, `example ${id} ${problem} ${variant} ${steps}`));
  return { id, problem, variant, lambda: 0.25, steps, measured, bound: 2 * measured.mean };
}

function llmRuns(comparison: Comparison): RunKey[] {
  const common = { comparison, steps: 12 };
  const lambdas = [0.01, 0.5, 0.99];
  const sequential = lambdas.map((lambda, i) => ({
    ...{ ...common, schedule: `sequential-${comparison}` as const, lambda, dpoShare: [1 / 4, 1 / 2, 3 / 4][i] },
  }));
  const joint = (['mix', 'alright', 'maxright'] as const).flatMap((schedule) =>
    lambdas.map((lambda) => ({ ...common, schedule, lambda, dpoShare: null })),
  );
  // A run of another length, which only other questions need.
  const longer = { ...common, schedule: 'alright' as const, lambda: 0.5, dpoShare: null, steps: 24 };
  return [...sequential, ...joint, longer].flatMap((run) => [0, 1].map((seed) => ({ ...run, seed })));
}

function exampleReferences(): ReferenceRow[] {
  const points = [
    { reference: 'start', dpo: 0.7, sft: 3 },
    { reference: 'untrained', dpo: 5, sft: 4.2 },
    { reference: 'uniform guess', dpo: Math.LN2, sft: 4 },
  ] as const;
  return comparisons.flatMap((comparison) =>
    [0, 1].flatMap((seed) =>
      points.map((point) => ({
        ...{ ...point, comparison, seed, heldOutDpo: point.dpo, heldOutSft: point.sft, heldOutAccuracy: 0.5 },
      })),
    ),
  );
}

function exampleSensitivity(runs: readonly RunKey[]): SensitivityRow[] {
  const own = stream(0, 'example sensitivity');
  const near = (centre: number): number => around(centre, own).mean;
  const kinds = (['learning rate', 'β', 'f_SFT*'] as const).flatMap((variedOf) =>
    (variedOf === 'f_SFT*' ? [-0.25, 0.25] : [1 / 3, 3]).map((variedBy) => ({ variedOf, variedBy })),
  );
  return runs
    .filter(({ lambda, steps }) => lambda === 0.5 && steps === 12)
    .flatMap((run) =>
      kinds
        .filter(({ variedOf }) => variedOf !== 'f_SFT*' || run.schedule === 'maxright')
        .map((kind) => ({
          ...{ ...run, ...kind, dpo: near(0.5), sft: near(2), rewardAccuracy: 0.5 },
          ...{ heldOutDpo: near(0.5), heldOutSft: near(2), heldOutRewardAccuracy: 0.5, heldOutAccuracy: near(0.6) },
        })),
    );
}

function llmExample(): LlmResults {
  const runs = comparisons.flatMap(llmRuns);
  const around = (centre: number): number => centre * (0.8 + 0.4 * random.uniform());
  const scale = {
    ...{ steps: 12, seeds: 2, lambdas: [0.01, 0.5, 0.99], evaluateEvery: 3, optimumSteps: 36, dpoOptimumSteps: 36 },
    ...{ learningRateFactors: [1], sensitivitySeeds: 2 },
    ...{ horizons: [2], sftExamples: 8, preferencePairs: 8, evaluatedExamples: 8, heldOutExamples: 4 },
  };
  const training = {
    ...{ maximumLength: 32, sftBatch: 2, preferenceBatch: 2, accumulation: 1, learningRate: 0.001, beta: 0.1 },
    tuning: 'full' as const,
  };
  const settings = { preset: 'example', training, scale, period: 3, seed: 0, backend: 'wasm' as const };
  const optima = { 'sft-dpo': { dpo: 0.1, sft: 1.5 }, 'dpo-sft': { dpo: 0.2, sft: 1.5 } };
  return {
    ...{ settings, optima, command: 'forgetting llm experiment --preset example' },
    summary: {
      ...{ settings, optima, uniformGuess: 4, singleObjectives: [], references: [], rows: [], checks: [], claims: [] },
      ...{ fronts: [], tuning: [], sensitivity: [], beyondGuess: [] },
    },
    ...{ references: exampleReferences(), sensitivity: exampleSensitivity(runs), tuning: [] },
    results: runs.flatMap((run) =>
      [0, 3, 6, 9, 12].map((step) => {
        const [dpo, sft] = [around(0.7 - step / 40), around(3 - step / 20)];
        return {
          ...{ ...run, step, dpo, sft, dpoGap: dpo - 0.1, sftGap: sft - 1.5, gap: around(1), maxGap: around(1) },
          ...{
            idealDistance: Math.hypot(dpo - 0.1, sft - 1.5),
            normalizedIdealDistance: Math.hypot(dpo - 0.1, sft - 1.5),
          },
          ...{ rewardAccuracy: 0.5, heldOutDpo: dpo },
          ...{ heldOutSft: sft, heldOutRewardAccuracy: 0.5, heldOutAccuracy: 0.5 },
        };
      }),
    ),
    choices: runs
      .filter(({ schedule }) => schedule === 'maxright')
      .flatMap((run) =>
        Array.from({ length: run.steps }, (_, i) => ({
          ...{ ...run, step: i + 1, choice: random.uniform() < run.lambda ? ('dpo' as const) : ('sft' as const) },
          ...{ dpoWeightedGap: around(0.3), sftWeightedGap: around(0.4) },
        })),
      ),
    cost: runs.map((run) => {
      const seconds = run.schedule === 'mix' ? 0.02 : 0.01;
      return {
        ...{ ...run, seconds: run.steps * seconds, secondsPerStep: around(seconds), medianSecondsPerStep: seconds },
        ...{ tensorBytes: 1e6, dpoGradients: 6, sftGradients: run.schedule === 'mix' ? 12 : 6 },
        lossEvaluations: run.schedule === 'maxright' ? 8 : 0,
      };
    }),
  };
}

/** Three remedies, one without a parameter, beside the yardstick. */
function llmRemediesExample(): LlmRemedies {
  const draws = stream(0, 'example llm-remedies');
  const around = (centre: number): number => centre * (0.9 + 0.2 * draws.uniform());
  const values: Readonly<Record<string, readonly (string | null)[]>> = {
    alright: ['0.5', '0.1', '0.9'],
    sequential: [null],
    'l2-anchor': ['1', '0.1', '10'],
    annealed: ['t/T', '(t/T)^2'],
  };
  const keys = Object.entries(values).flatMap(([remedy, all]) =>
    all.flatMap((value, i) =>
      [0, 1].map((seed) => ({
        ...{ remedy, value, chosen: i > 0 ? ('curve' as const) : ('theory' as const) },
        ...{ lambda: 0.5, steps: 12, seed },
      })),
    ),
  );
  const estimate = { mean: 1, ci95: null };
  const measures = { dpo: estimate, sft: estimate, weightedSum: estimate, heldOutAccuracy: estimate };
  const start = {
    ...measures,
    heldOutDpo: estimate,
    heldOutSft: { mean: 3, ci95: null },
    heldOutWeightedSum: estimate,
  };
  const reference = { dpo: Math.LN2, sft: 4, heldOutDpo: Math.LN2, heldOutSft: 4, heldOutAccuracy: 0.5 };
  return {
    command: 'forgetting llm experiment --remedies --preset example',
    summary: {
      settings: { preset: 'example', seed: 0, scale: { steps: 12, seeds: 2 } },
      ...{ optima: { dpo: 0.1, sft: 1.5 }, start, rows: [], claims: [], hindsight: [] },
      references: { untrained: { ...reference, dpo: 5, heldOutDpo: 5 }, uniformGuess: reference },
      labels: { alright: 'ALRIGHT', sequential: 'Sequential', 'l2-anchor': 'L2 anchor', annealed: 'Annealed' },
      places: [
        { remedy: 'sequential', lambda: 0.5, convex: 'misses the front', here: 'misses', said: '' },
        { remedy: 'l2-anchor', lambda: 0.5, convex: 'misses the front', here: 'undecided', said: '' },
      ],
    },
    rows: keys.map((key) => {
      const [dpo, sft] = [around(0.5), around(2.5)];
      return {
        ...{ ...key, role: 'end' as const, step: 12, dpo, sft, weightedSum: (dpo + sft) / 2 },
        ...{ heldOutDpo: dpo + 0.1, heldOutSft: sft + 0.2, heldOutWeightedSum: (dpo + sft) / 2 + 0.15 },
        heldOutAccuracy: 0.5,
      };
    }),
    cost: keys.map((key) => ({
      ...{ ...key, seconds: 0.12, medianSecondsPerStep: 0.01, dpoGradients: 6, sftGradients: 6, lossEvaluations: 0 },
      ...{ heldOutEvaluations: 0, vectors: key.remedy === 'l2-anchor' ? 1 : 0 },
    })),
  };
}

/** Every theorem on every problem that the figures speak of, in every variant of it. */
const someChecks = theorems.flatMap(({ id }) => {
  const variants = id === 'M.stale' ? ['k = 2', 'k = 10'] : id === 'M.noisy.fresh' ? ['k = 1'] : [''];
  const orders = ['sft-dpo', 'dpo-sft'];
  return ['closed-form', 'log-linear-five', 'ten-ball', 'ten-noisy-values', 'max-of-10-coordinates'].flatMap(
    (problem) =>
      (id.startsWith('S') ? orders : id === 'Q' ? ['mix', 'alright'] : variants).flatMap((variant) =>
        [10, 100].map((steps) => checked(id, problem, variant, steps)),
      ),
  );
});

const examples = new Map<unknown, () => unknown>([
  [
    landscape,
    (): Landscape => ({
      ...made,
      subject,
      paretoSet: [
        [0.9, 0.1],
        [0.3, 0.7],
        [0.1, 0.9],
      ],
      referenceOptima: referenceOptima(),
      runs: comparedKeys.map((key) => ({ key, result: ensemble([0, 50, 100], 0.5) })),
      window: { x: [0, 1], y: [0, 1] },
      contours: (['dpo', 'sft', 'weightedSum'] as const).map((of, i) => ({
        of,
        gap: 0.1,
        points: [
          [0, 0.2 * i],
          [0.5, 0.3 + 0.2 * i],
          [1, 0.1],
        ],
      })),
    }),
  ],
  [llm, llmExample],
  [llmRemedies, llmRemediesExample],
  [tradeOff, tradeOffResults],
  [realModel, (): RealModel => ({ ...tradeOffResults(), dimension: 64, examples: 100, candidates: 4 })],
  [realText, (): RealText => ({ ...tradeOffResults(), dimension: 128, examples: 1000 })],
  [
    gapVersusSteps,
    (): GapVersusSteps => ({
      ...made,
      subject,
      bounds: [
        {
          key: 'alright',
          id: 'A.last',
          measure: 'gap',
          points: [10, 100, 1000].map((steps) => ({ steps, value: 9 / Math.sqrt(steps) })),
        },
      ],
      referenceOptima: referenceOptima(),
      runs: comparedKeys.flatMap((key) =>
        [10, 100, 1000].map((steps) => ({ key, steps, result: ensemble([steps], 3 / steps) })),
      ),
    }),
  ],
  [
    comparison,
    (): ComparisonResults => ({
      ...made,
      subject,
      period: 10,
      forgettingIsKl: true,
      referenceOptima: referenceOptima(),
      runs: comparedKeys.map((key) => ({ key, result: ensemble([0, 50, 100], 0.5) })),
    }),
  ],
  [
    lambdaSweep,
    (): LambdaSweep => ({
      ...made,
      referenceOptima: [0.1, 0.5, 0.9].map((lambda) => ({ lambda, at: referenceOptima() })),
      runs: comparedKeys.flatMap((key) =>
        [0.1, 0.5, 0.9].map((lambda) => ({ key, lambda, result: ensemble([100], 0.1) })),
      ),
    }),
  ],
  [
    alternation,
    (): Alternation => ({
      lambda: 0.5,
      factor: 1,
      horizons: [256, 1024].map((steps) => ({
        steps,
        alright: 2 / steps,
        cycles: [1, 4, 16, 32, 64].map((cycles) => ({
          cycles,
          gap: 0.5 / cycles,
          bound: 20 / cycles,
          limitCycle: 0.4 / cycles,
        })),
      })),
    }),
  ],
  [
    optimumError,
    (): OptimumError => ({
      lambda: 0.3,
      stepSize: '1/sqrt(T)',
      seeds: 8,
      runs: [300, 3000].flatMap((steps) =>
        [0.01, 0.1, 1].map((difference) => ({ difference, steps, maxGap: around(difference / 2) })),
      ),
      limits: [0.01, 0.1, 1].map((difference) => ({ difference, maxGap: difference / 3 })),
    }),
  ],
  [
    remedies,
    (): Remedies => {
      const along = (lift: number) =>
        [0, 0.25, 0.5, 0.75, 1].map((part) => {
          const [sft, dpo] = [0.3 + part ** 2, 0.2 + (1 - part) ** 2];
          return {
            parameter: part,
            sft: sft + lift * part * (1 - part),
            dpo: dpo + lift * part * (1 - part),
            gap: lift,
          };
        });
      const [first, , middle, , last] = along(0);
      const curve = (name: string, lift: number) => ({
        ...{ name, label: `Remedy ${name}`, symbol: 'κ', points: along(lift), aboveFront: lift / 4 },
        ...{ byTheory: along(lift)[2], standard: null, best: along(lift)[1] },
      });
      return {
        ...{ subject, lambda: 0.5, sequentialGap: 0.5, front: tradeOffResults().front },
        ...{ stageOne: first, stageTwo: last, optimum: middle },
        curves: [
          curve('a', 0.5),
          curve('b', 0),
          { ...curve('c', 0), points: along(0).slice(1, 3), byTheory: null, standard: middle, best: null },
        ],
      };
    },
  ],
  [
    remedyBars,
    (): RemedyBars => ({
      ...{ lambda: 0.5, pairs: 25, dimension: 4 },
      bars: (
        [
          ['Remedy a', 'theory', 0],
          ['Remedy b', 'convention', 0.2],
          ['Remedy b', 'hindsight', 0.1],
          ['Remedy c', 'fixed', 1],
        ] as const
      ).map(([label, chosen, median]) => ({
        ...{ name: label, label, chosen, median, quartiles: [0.8 * median, 1.2 * median] as const, most: 2 * median },
        ...{ pairs: 25, cost: '1 g + 2 v' },
      })),
    }),
  ],
  [
    budgetExperiment,
    (): BudgetResults => ({
      ...{ forgetAtMost: 0.1, ideal: { dpo: 0, sft: 0 }, start: { dpo: 0.8, sft: 3 } },
      point: { sft: 0.1, dpo: { lower: 0.2, upper: 0.21 } },
      front: tradeOffResults().front,
      runs: [10, 100, 1000].map((steps) => {
        const bound = 5 / Math.sqrt(steps);
        return { steps, bounds: { dpo: bound, sft: bound }, sft: 0.1 + 0.9 * bound, dpo: 0.2 - 0.1 * bound };
      }),
    }),
  ],
  [
    earlyStop,
    (): EarlyStop => ({
      ...{ lambda: 0.5, steps: 1000 },
      pairs: [20, 100].map((step, i) => ({
        ...{ name: `pair ${i}`, stepSize: 0.1 },
        points: [0, 1, 10, 20, 100, 500, 1000].map((at) => ({ step: at, part: Math.abs(at - step) / 1000 })),
        best: { step, part: 0, from: step / 2, until: 2 * step },
      })),
    }),
  ],
  [
    period,
    (): Period => ({
      ...made,
      runs: [100, 1000].flatMap((steps) =>
        [1, 10, 100].map((k) => ({ period: k, steps, result: ensemble([steps], 0.1) })),
      ),
    }),
  ],
  [
    conflict,
    (): Conflict => ({
      ...made,
      referenceOptima: [-1, 0, 1].map((degree) => ({ conflict: degree, at: referenceOptima() })),
      runs: comparedKeys.flatMap((key) =>
        [-1, 0, 1].map((degree) => ({ key, conflict: degree, result: ensemble([100], 0.1) })),
      ),
    }),
  ],
  [
    noiseFloor,
    (): NoiseFloor => ({
      ...made,
      lambdas: { quadratic: 0.1, 'log-linear': 0.3 },
      runs: (['quadratic', 'log-linear'] as const).flatMap((problem) =>
        ['exact', 'batch 1', 'batch 1, fresh'].flatMap((estimate) =>
          [10, 100].map((steps) => ({ problem, estimate, steps, result: ensemble([steps], 1 / steps) })),
        ),
      ),
    }),
  ],
  [statements, (): Statements => ({ steps: [10, 100], seeds: 3, checks: someChecks })],
  [
    rates,
    (): Rates => ({
      ...{ lambda: 0.3, stepSize: '1/sqrt(T)', seeds: 16, groups: 4, curvatureSeen: 0.03 },
      slopes: [1000, 10_000].flatMap((steps) =>
        comparedKeys.map((key) => {
          const mean = -0.1 - 0.5 * random.uniform();
          return { key, steps, slope: { mean, ci95: [mean - 0.1, mean + 0.1] as const } };
        }),
      ),
    }),
  ],
  [
    worstCases,
    (): WorstCases => ({
      lambda: 0.3,
      steps: 2,
      overSteps: (
        [
          'alright',
          'maxright',
          'maxright-stale',
          'sequential-sft-dpo',
          'sequential-dpo-sft',
          'subgradient-best',
        ] as const
      ).flatMap((key) =>
        [1, 2, 10].map((steps) => ({
          key,
          lambda: 0.3,
          steps,
          closedForm: steps === 10,
          worstCase: 1 / Math.sqrt(steps),
          dualBound: (1 + 1e-8) / Math.sqrt(steps),
          theory: key.startsWith('sequential') ? null : 2 / Math.sqrt(steps),
          kind: key.startsWith('sequential') ? null : ('upper' as const),
        })),
      ),
      overLambda: [0.1, 0.9].map((lambda) => ({
        key: 'maxright' as const,
        lambda,
        steps: 2,
        closedForm: false,
        worstCase: lambda,
        dualBound: lambda * (1 + 1e-8),
        theory: lambda,
        kind: 'tight' as const,
      })),
    }),
  ],
]);

const exampled = new Map<unknown, unknown>();

/** Example results of an experiment, in place of a run: the same for every figure that shows them, as those of a run are. */
export function exampleResults<Results>(experiment: Experiment<Results>): Promise<Results> {
  const make = examples.get(experiment);
  if (make === undefined) throw new Error(`no example results of ${experiment.name}`);
  random = stream(0, `example ${experiment.name}`);
  const results = exampled.get(experiment) ?? make();
  exampled.set(experiment, results);
  return Promise.resolve(results as Results);
}
