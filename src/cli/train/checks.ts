import { InputError } from '../../base/input-error.js';
import type { RunOptions } from '../../llm/train/run.js';
import type { Pair } from '../../schedule/schedule.js';
import { dpoSettingsOf } from '../options/session.js';
import type { TrainOptions } from '../options/train.js';

/** What of a run can be checked before any model is loaded. */
export type PreparedRun = Pick<RunOptions, 'schedule' | 'scheduleSettings' | 'learningRate' | 'dpo' | 'stop'>;

/**
 * The schedule, its settings, the learning rate, the form of DPO and the stopping rule that the options ask for.
 * Throws an InputError naming the option that is wrong, or that lacks another beside it.
 */
export async function checkedRun(options: TrainOptions): Promise<PreparedRun> {
  const { schedules } = await import('../../schedule/index.js');
  const { checkedLearningRate } = await import('../../llm/train/learning-rate.js');
  const { checkedStoppingRule } = await import('../../llm/train/stopping.js');
  const { lambda, order, split, period, learningRate, warmup, decay, stopWithin, paretoPoint } = options;
  if (!Object.hasOwn(schedules, options.schedule)) {
    throw new InputError('schedule', options.schedule, Object.keys(schedules).join(', '));
  }
  const schedule = schedules[options.schedule];
  const steps = options.steps ?? (split && split[0] + split[1]);
  if (steps === undefined) throw new InputError('steps', steps, 'a number of updates');
  const ideal = idealOf(options);
  if (schedule.name === 'maxright' && ideal === undefined) {
    throw new InputError(
      'schedule',
      'maxright',
      '--sft-optimum and --dpo-optimum beside it: it compares optimality gaps',
    );
  }
  if (options.resetOptimizer === true && schedule.name !== 'sequential') {
    throw new InputError('reset-optimizer', schedule.name, 'the schedule sequential, the only one with a switch');
  }
  if (!(options.maxNorm > 0)) throw new InputError('max-norm', options.maxNorm, 'a number > 0');
  if (options.weightDecay < 0) throw new InputError('weight-decay', options.weightDecay, 'a number ≥ 0');
  if (paretoPoint !== undefined && stopWithin === undefined) {
    throw new InputError('pareto-point', paretoPoint, '--stop-within beside it');
  }
  if (stopWithin !== undefined && options.evaluateEvery === undefined) {
    throw new InputError('stop-within', stopWithin, '--evaluate-every beside it: the rule looks at evaluations');
  }
  if ((options.evaluationSft === undefined) !== (options.evaluationPreferences === undefined)) {
    throw new InputError(
      'evaluation-sft',
      options.evaluationSft,
      '--evaluation-sft and --evaluation-preferences together',
    );
  }
  const scheduleSettings = { lambda, steps, order, ...(split && { split }), period, ...(ideal && { ideal }) };
  schedule.init(scheduleSettings);
  return {
    schedule,
    scheduleSettings,
    learningRate: checkedLearningRate({ learningRate, warmup, decay }, steps),
    dpo: await dpoSettingsOf(options),
    ...(stopWithin !== undefined && {
      stop: checkedStoppingRule({
        tolerance: stopWithin,
        ...(ideal && { ideal }),
        ...(paretoPoint && { paretoPoints: paretoPoint }),
      }),
    }),
  };
}

function idealOf({ sftOptimum, dpoOptimum }: TrainOptions): Pair | undefined {
  if (sftOptimum === undefined && dpoOptimum === undefined) return undefined;
  if (sftOptimum === undefined) throw new InputError('sft-optimum', sftOptimum, 'a number, beside --dpo-optimum');
  if (dpoOptimum === undefined) throw new InputError('dpo-optimum', dpoOptimum, 'a number, beside --sft-optimum');
  return { sft: sftOptimum, dpo: dpoOptimum };
}
