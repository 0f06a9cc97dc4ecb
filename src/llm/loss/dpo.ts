import * as tf from '@tensorflow/tfjs-core';
import { InputError } from '../../base/input-error.js';

/** The form of the preference loss. */
export interface DpoSettings {
  /** β, the weight of the log-ratio to the reference policy. */
  readonly beta: number;
  /** The probability that a preference is the wrong way round (conservative DPO), in [0, ½]; 0 is DPO itself. */
  readonly labelSmoothing?: number;
  /** The squared loss of IPO in place of the logistic one. */
  readonly ipo?: boolean;
}

/** The settings, checked: β > 0, label smoothing in [0, ½] and not together with IPO. */
export function checkedDpoSettings(settings: DpoSettings): DpoSettings {
  const { beta, labelSmoothing = 0, ipo = false } = settings;
  if (!(beta > 0 && Number.isFinite(beta))) throw new InputError('beta', beta, 'a number > 0');
  if (!(labelSmoothing >= 0 && labelSmoothing <= 0.5)) {
    throw new InputError('label-smoothing', labelSmoothing, 'a number in [0, 0.5]');
  }
  if (ipo && labelSmoothing > 0) throw new InputError('label-smoothing', labelSmoothing, '0 with --ipo');
  return settings;
}

/**
 * The preference loss of each pair, shape [pairs], from h = (log π(y_w|x) − log π_ref(y_w|x)) − (the same of y_l):
 * DPO −log σ(βh) (Rafailov et al. 2023, eq. 7); with label smoothing ε, −(1 − ε) log σ(βh) − ε log σ(−βh) (cDPO);
 * IPO (h − 1/(2β))² (Azar et al. 2023, eq. 17). −log σ(x) is computed as softplus(−x), which overflows nowhere.
 * @param logRatioDifference h, shape [pairs]
 */
export function preferenceLoss(logRatioDifference: tf.Tensor1D, settings: DpoSettings): tf.Tensor1D {
  const { beta, labelSmoothing = 0, ipo = false } = settings;
  if (ipo) return tf.square(tf.sub<tf.Tensor1D>(logRatioDifference, 1 / (2 * beta)));
  const logit = tf.mul(logRatioDifference, beta);
  const right = tf.softplus(tf.neg(logit));
  const loss =
    labelSmoothing === 0
      ? right
      : tf.add(tf.mul(right, 1 - labelSmoothing), tf.mul(tf.softplus(logit), labelSmoothing));
  return loss as tf.Tensor1D;
}

/** The same loss of one pair in double precision, from its four log-probabilities. */
export function preferenceLossOf(logRatioDifference: number, settings: DpoSettings): number {
  const { beta, labelSmoothing = 0, ipo = false } = settings;
  if (ipo) return (logRatioDifference - 1 / (2 * beta)) ** 2;
  const logit = beta * logRatioDifference;
  return (1 - labelSmoothing) * softplus(-logit) + labelSmoothing * softplus(logit);
}

/** log(1 + eˣ). */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
