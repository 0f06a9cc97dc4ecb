export { InputError } from './input-error.js';
export { version } from './version.js';

export { resumeStream, stream, type Stream } from './random/stream.js';

export { checkProblemFile, problemJsonSchema, type CheckedProblemFile, type ProblemFile } from './problem/format.js';
export { problemData, type ProblemData } from './problem/data.js';
export { createProblem } from './problem/create.js';
export { parseProblem } from './problem/parse.js';
export { readProblem } from './problem/read.js';
export type { Constants, ConvexFunction, Objective, Problem, Sampler, SamplerRandom } from './problem/problem.js';

export { closedForm, type ClosedFormOptions } from './problem/generate/closed-form.js';
export { fromText, type FromTextOptions } from './problem/generate/from-text.js';
export { logLinear, type LogLinearOptions } from './problem/generate/log-linear.js';
export { quadratic, type QuadraticOptions } from './problem/generate/quadratic.js';

export { schedules } from './schedule/index.js';
export {
  bothObjectives,
  gradientWeights,
  noObjectives,
  type Choice,
  type ObjectiveName,
  type Order,
  type Pair,
  type Schedule,
  type ScheduleSettings,
} from './schedule/schedule.js';

export { certificate, type Curvature } from './optimum/certificate.js';
export { minimize, type CertifiedMinimum, type MinimizeOptions } from './optimum/minimize.js';
export { weightedFunction } from './optimum/weighted-function.js';
export {
  idealPoint,
  minimizeWeightedSum,
  paretoFront,
  type IdealPoint,
  type WeightedSumMinimum,
} from './optimum/weighted-sum.js';
export { minimizeWeightedMax, weightedMax, type WeightedMaxMinimum } from './optimum/weighted-max.js';

export { stepSizes } from './simulate/step-size.js';
export { runTrajectories, type Member } from './simulate/trajectories.js';
export { runTrajectory, type RunSettings, type Trajectory } from './simulate/trajectory.js';
export { createWorkerPool, type WorkerPool } from './simulate/pool.js';
export {
  runEnsemble,
  runEnsembles,
  type EnsemblesOptions,
  type EnsembleOptions,
  type ExecutionOptions,
} from './simulate/ensemble.js';
export { exactGaps, exactSchedules, type ExactOptions } from './simulate/exact-moments.js';
export { certifiedOptima, type CertifiedOptima } from './simulate/optima.js';
export {
  ensembleMeasures,
  measuresOf,
  type EnsembleMeasures,
  type Measures,
  type Optima,
} from './simulate/measures.js';
export { estimate, moments, type Estimate } from './simulate/statistics.js';

export { closedFormProblem, closedFormWorstCase } from './worst-case/closed-form.js';
export { solveSemidefinite, type InteriorPointOptions, type InteriorPointResult } from './worst-case/interior-point.js';
export { replay, type Replay } from './worst-case/replay.js';
export type { Constraint, SemidefiniteProgramme } from './worst-case/semidefinite-programme.js';
export type { WorstCaseSettings } from './worst-case/settings.js';
export { worstCase, type WorstCaseCertificate, type WorstCaseResult } from './worst-case/worst-case.js';
export { evaluateWorstFunction, type WorstFunction } from './worst-case/worst-function.js';
export type { WorstProblem } from './worst-case/worst-problem.js';

export { theorems } from './bound/registry.js';
export type { Extent, Kind, Theorem, Trial } from './bound/theorem.js';
export { suite, type SubjectKey } from './bound/suite.js';
export { checkSubject, judge, type Check, type Exemption, type Row } from './bound/verify.js';
