/**
 * `forgetting`: problems, certified optima, schedules, runs, statements and worst cases; it needs no optional package.
 * @module
 */
export { InputError } from './base/input-error.js';
export { version } from './base/version.js';

export { resumeStream, stream, type Stream } from './base/random-stream.js';

export {
  checkProblemFile,
  problemJsonSchema,
  type CheckedProblemFile,
  type ProblemFile,
} from './convex/problem/format.js';
export {
  problemData,
  type ProblemData,
  type ExpressionData,
  type LogLinearData,
  type QuadraticData,
  type LogLinearDpoData,
  type LogLinearSftData,
  type QuadraticObjectiveData,
} from './convex/problem/data.js';
export { createProblem } from './convex/problem/create.js';
export { parseProblem } from './convex/problem/parse.js';
export { readProblem } from './convex/problem/read.js';
export type {
  ObjectiveConstants,
  ConvexFunction,
  Objective,
  Problem,
  Sampler,
  SamplerRandom,
  ObjectivePair,
  PreciseEvaluation,
} from './convex/problem/problem.js';

export { closedForm, type ClosedFormOptions } from './convex/generate/closed-form.js';
export { fromText, type FromTextOptions } from './convex/generate/from-text.js';
export { fromFeatures, type FromFeaturesOptions, type PromptAndReply } from './convex/generate/from-features.js';
export { logLinear, type LogLinearOptions, type ReferenceKind } from './convex/generate/log-linear.js';
export { quadratic, type QuadraticOptions } from './convex/generate/quadratic.js';
export type { NgramUnit } from './convex/generate/hashed-ngrams.js';
export type { DemonstrationRecord, PreferenceRecord } from './convex/generate/records.js';

export { schedules, variantsOf } from './schedule/index.js';
export {
  bothObjectives,
  stepOn,
  type Choice,
  type CombiningChoice,
  type Gram,
  type ObjectiveName,
  type Order,
  type Outcome,
  type Pair,
  type Schedule,
  type ScheduleSettings,
  type Variant,
  type WeightedChoice,
} from './schedule/schedule.js';
export {
  choiceName,
  drawnChoice,
  gradientsOf,
  informed,
  isOpenLoop,
  observed,
  possibleOutcomes,
  takeChoice,
  weightsOf,
  type ChoiceName,
} from './schedule/step.js';

export { coinOf } from './schedule/coin.js';
export {
  answered,
  createService,
  exportedChoices,
  firstPosition,
  questionAt,
  restored,
  saved,
  type ChoiceQuestion,
  type ServiceQuestion,
  type SavedService,
  type Service,
  type ServicePosition,
} from './schedule/service.js';
export { speak } from './schedule/speak.js';

export { certificate, type KnownCurvature, type Bound } from './convex/optimum/certificate.js';
export { minimize } from './convex/optimum/minimize.js';
export type { CertifiedMinimum, MinimizeOptions } from './convex/optimum/minimum.js';
export { weightedFunction } from './convex/optimum/weighted-function.js';
export {
  idealPoint,
  minimizeWeightedSum,
  paretoFront,
  type IdealPoint,
  type WeightedSumMinimum,
} from './convex/optimum/weighted-sum.js';
export { minimizeChebyshev, chebyshev, type ChebyshevMinimum } from './convex/optimum/chebyshev.js';

export { enclosedFront, type EnclosedFront, type FrontOptions } from './convex/front/enclosed-front.js';
export {
  chooseOnFront,
  type Budget,
  type ChosenOnFront,
  type Enclosed,
  type FrontChoice,
} from './convex/front/choose.js';
export { advise, type Advice, type AdviceOptions, type Sentence } from './advice/advise.js';
export type { Way } from './advice/ways.js';
export { hypervolume, type Hypervolume } from './convex/front/hypervolume.js';
export type { Enclosure } from './convex/front/enclosure.js';
export type { HalfPlane, Support, Vertex } from './convex/front/support.js';

export { loadSchedule } from './schedule/load.js';
export { adaptiveRule, stepSizes } from './schedule/step-size.js';
export { runTrajectories, type Member } from './convex/simulate/trajectories.js';
export { runTrajectory, type RunSettings, type Trajectory } from './convex/simulate/trajectory.js';
export { createWorkerPool, type WorkerPool } from './convex/simulate/pool.js';
export {
  runEnsemble,
  runEnsembles,
  type EnsemblesOptions,
  type EnsembleOptions,
  type EnsembleExecution,
} from './convex/simulate/ensemble.js';
export { exactGaps, hasExactMoments, type ExactOptions } from './convex/simulate/exact-moments.js';
export { certifiedOptima, type CertifiedOptima } from './convex/simulate/optima.js';
export {
  ensembleMeasures,
  measuresOf,
  type EnsembleMeasures,
  type Measures,
  type Optima,
} from './convex/simulate/measures.js';
export type { EnsembleMember, EnsembleTask } from './convex/simulate/worker.js';
export { riseThroughStageTwo } from './convex/simulate/forgotten.js';
export { scaleFreeMeasures } from './convex/simulate/scale-free.js';
export {
  resultColumns,
  resultRows,
  rowsPerSeed,
  type FinishedEnsemble,
  type ResultRow,
  type ScaleFreeMeasures,
  type TableOrigin,
} from './convex/simulate/result-table.js';
export { writeTable } from './base/table-file.js';
export type { Columns } from './base/parquet.js';
export { stageTwoRuns, type StageTwoRuns } from './remedy/stage-two-runs.js';
export { sweepCell, type SweepCell, type SweptCell } from './experiment/sweep.js';
export { estimate, moments, type Estimate } from './base/statistics.js';

export { remedies } from './remedy/index.js';
export { compareRemedies, type ComparisonOptions, type RemedyComparison } from './remedy/compare.js';
export type { BoundedBy, Chosen, MeasuredRuns, RemedyRow } from './remedy/row.js';
export { remedyBound } from './theory/remedy-bound.js';
export { type CurvePoint } from './remedy/curve.js';
export { gapAt, type JudgedLimit } from './remedy/judge.js';
export { setup, type Setup, type SetupOptions } from './remedy/setup.js';
export { isReason, type Limit, type NoLimit } from './remedy/limit.js';
export type { Cost, Needs, Remedy, RemedyParameter } from './remedy/remedy.js';

export { closedFormProblem, closedFormWorstCase } from './theory/worst-case/closed-form.js';
export { solveSemidefinite, type InteriorPointOptions, type InteriorPointResult } from './sdp/interior-point.js';
export { replay, type Replay, type Gap } from './theory/worst-case/replay.js';
export { replayStored } from './theory/worst-case/stored-problem.js';
export type { Constraint, SemidefiniteProgramme, SparseSymmetric, SparseVector } from './sdp/semidefinite-programme.js';
export type { PrimalDualPoint } from './sdp/primal-dual-point.js';
export type { WorstCaseSettings } from './theory/worst-case/settings.js';
export { worstCase, type WorstCaseCertificate, type WorstCaseResult } from './theory/worst-case/worst-case.js';
export {
  evaluateWorstFunction,
  type WorstFunction,
  type WorstFunctionValue,
  type PiecewiseLinear,
  type SmoothInterpolant,
} from './theory/worst-case/worst-function.js';
export type { WorstProblem } from './theory/worst-case/worst-problem.js';

export { theorems } from './theory/registry.js';
export { runBounds, type RunBound, type SilentTheorem } from './theory/run-bounds.js';
export { problemSubject } from './theory/subject.js';
export type { Extent } from './theory/extent.js';
export type { Kind, Theorem, Trial, Applied, NotApplicable } from './theory/theorem.js';
export { suite, type SubjectKey } from './theory/verify/suite.js';
export { checkSubject, judge, type Check, type Exemption, type VerdictRow } from './theory/verify/verify.js';
export { summary, type StatementVerdict } from './theory/verify/summary.js';
export { attack, attackable, type AttackLimit, type Closest } from './theory/attack/attack.js';
export type { DescribedRun } from './theory/described-run.js';
export type { RunMeasure } from './theory/measure.js';
export type { Measurement } from './theory/measurement.js';
export type { Setting, Subject, PairForm, Minimum } from './theory/subject.js';
export type { ObjectiveBounds } from './theory/objective-bounds.js';
export type { KnownMatrix } from './convex/matrix/verified-factor.js';
export type { ArenaProblem } from './convex/simulate/kernel/arena-problem.js';
