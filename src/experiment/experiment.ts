import type { WorkerPool } from '../convex/simulate/pool.js';
import type { Problem } from '../convex/problem/problem.js';
import type { Cache } from './cache.js';

/** Where an experiment runs: its scale and seed, its workers, and the store of its finished tasks. */
export interface ExperimentContext {
  /** Whether to run a coarse version. */
  readonly quick: boolean;
  readonly seed: number;
  /** The folder of real data, where there is one. */
  readonly data?: string;
  /** The folder of a finished `forgetting llm experiment`, where there is one. */
  readonly llm?: string;
  /** The problem of the user's own to run on, where there is one, and what it is called. */
  readonly given?: { readonly name: string; readonly problem: Problem };
  readonly cache: Cache;
  readonly pool: WorkerPool;
  /** Told what a reader of the figures should know, such as a gap that is not large beside its certificate. */
  readonly warn?: (line: string) => void;
  /** Told that so much work (in updates of θ) has come up, or has been done. */
  readonly progress: WorkProgress;
}

/** Work in updates of θ: how much has come up so far, and how much of it is done. */
export interface WorkProgress {
  planned(work: number): void;
  done(work: number): void;
}

/** What is run, with which settings; several figures may be drawn from one experiment. */
export interface Experiment<Results> {
  readonly name: string;
  /** Why the experiment cannot run here, where it cannot. */
  readonly unavailable?: (context: ExperimentContext) => string | undefined;
  /** Whether it runs on a problem of the user's own, where there is one. */
  readonly takesProblem?: boolean;
  readonly run: (context: ExperimentContext) => Promise<Results>;
}
