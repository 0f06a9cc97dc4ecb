import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What kernel "Norm" takes. */
export interface NormOperands {
  /** [rows, width] */
  readonly x: TensorInfo;
  /** [width] */
  readonly weight: TensorInfo;
  /** [width]; absent where rows are not centred. */
  readonly bias?: TensorInfo;
}

/** What kernels "NormGradient" and "NormWeightGradient" take. */
export interface NormGradientOperands {
  readonly x: TensorInfo;
  readonly dy: TensorInfo;
  readonly weight: TensorInfo;
  /** [rows, 2], the mean and the inverse deviation of each row. */
  readonly statistics: TensorInfo;
}

/** Whether the rows of a norm were centred. */
export interface Centred {
  /** 1 or 0. */
  readonly centred: number;
}

/** What kernel "Attention" takes. */
export interface AttentionOperands {
  /** Rows [batch · length, …] as `layout` says; one tensor may be all three. */
  readonly queries: TensorInfo;
  readonly keys: TensorInfo;
  readonly values: TensorInfo;
  /** [length, headWidth] */
  readonly cosines: TensorInfo;
  readonly sines: TensorInfo;
}

/** What kernel "AttentionGradient" takes. */
export interface AttentionGradientOperands extends AttentionOperands {
  /** [batch · length, heads · headWidth] */
  readonly dy: TensorInfo;
  /** [batch · heads · length, 2] */
  readonly statistics: TensorInfo;
}

/** What kernel "AdamwUpdate" takes, all of one shape. */
export interface UpdateOperands {
  readonly parameter: TensorInfo;
  readonly gradient: TensorInfo;
  readonly firstMoment: TensorInfo;
  readonly secondMoment: TensorInfo;
}
