import type { HalfType } from '../../src/engine/half-matrix.js';
import type { ChoiceName } from '../../src/schedule/step.js';
import type { ModelAnswer, Losses } from './session.js';
import type { SessionSettings } from './settings.js';

/** What the page tells its worker. */
export type ToWorker =
  /** With the files of a model's folder where a model of the visitor's is trained. */
  | { readonly kind: 'start'; readonly settings: SessionSettings; readonly files?: readonly File[] }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' };

/** What the worker tells the page. */
export type FromWorker =
  /** Which backend computes, and what there is to say of the adapter. */
  | { readonly kind: 'backend'; readonly description: string }
  | ({ readonly kind: 'model' } & HeldModel)
  | { readonly kind: 'pretraining'; readonly step: number; readonly steps: number; readonly loss: number }
  | ({ readonly kind: 'losses'; readonly side: 0 | 1; readonly step: number } & Losses)
  | ({ readonly kind: 'question' } & AskedQuestion)
  | ({ readonly kind: 'answer'; readonly side: 0 | 1; readonly step: number } & ModelAnswer)
  | ({ readonly kind: 'step' } & StepReport)
  /** It was told to pause, and has finished the step under way. */
  | { readonly kind: 'paused' }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly message: string };

/** What one step did and cost. */
export interface StepReport {
  readonly side: 0 | 1;
  readonly step: number;
  readonly choice: ChoiceName;
  readonly loss: number;
  readonly sftLoss: number | null;
  readonly dpoLoss: number | null;
  readonly gradientNorm: number;
  readonly learningRate: number;
  readonly milliseconds: number;
  readonly operations: number;
  readonly tensorBytes: number;
}

/** A prompt with the reply that SFT teaches and the one that preferences want. */
export interface AskedQuestion {
  readonly prompt: string;
  readonly plain: string;
  readonly lively: string;
}

/** What of a model is held, and what of it is trained. */
export interface HeldModel {
  readonly parameters: number;
  /** Parameters that are trained for each schedule; undefined where all are. */
  readonly adapter: number | undefined;
  /** How many parameters are held in a type of half the size, and in which. */
  readonly halves: { readonly parameters: number; readonly type: HalfType } | undefined;
}
