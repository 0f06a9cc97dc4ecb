import { InputError } from '../../base/input-error.js';
import type { TrainingRunOptions } from '../../llm/train/run.js';
import type { StepRuleSettings } from '../../llm/train/step-rule.js';
import type { Schedule } from '../../schedule/schedule.js';
import { choiceName, isOpenLoop, possibleOutcomes } from '../../schedule/step.js';
import { preferenceLossSettings } from '../options/session.js';
import { trainDefaults, type TrainOptions } from '../options/train.js';
import { neededObjectives, requireData } from './needed-data.js';
import { idealOf, initialState } from './optima.js';
import { stageTwoOf } from './stage-two.js';
import { stepRuleSettings } from './step-rule.js';

/** What of a run can be checked before any model is loaded. */
export interface PreparedRun
  extends StepRuleSettings, Pick<TrainingRunOptions, 'schedule' | 'scheduleSettings' | 'dpo' | 'stop' | 'stageTwo'> {
  /** The schedule's own settings. */
  readonly ownSettings: Readonly<Record<string, unknown>>;
}

/**
 * The schedule, its settings, how steps are made, the form of DPO and the stopping rule that the options ask for.
 * Throws an InputError naming the option that is wrong, or that lacks another beside it.
 */
export async function checkedRun(options: TrainOptions): Promise<PreparedRun> {
  const { chosenSchedule } = await import('../options/schedule.js');
  const { checkedStoppingRule } = await import('../../llm/train/stopping.js');
  const { lambda, stopWithin, paretoPoint } = options;
  const { schedule, own } = await chosenSchedule(options.schedule, { ...options }, trainDefaults);
  const steps = options.steps ?? sumOf(own.split);
  if (steps === undefined) throw new InputError('steps', steps, 'a number of updates, or --epochs');
  const ideal = idealOf(options);
  const scheduleSettings = { lambda, steps, ...own, ...(ideal && { ideal }) };
  const state = initialState(schedule, scheduleSettings);
  if (options.resetOptimizer === true && !switches(schedule, state, steps)) {
    throw new InputError('reset-optimizer', schedule.name, 'a schedule that switches from one objective to the other');
  }
  const rule = await stepRuleSettings(options, steps);
  if (paretoPoint !== undefined && stopWithin === undefined) {
    throw new InputError('pareto-point', paretoPoint, '--stop-within with it');
  }
  if (stopWithin !== undefined && options.evaluateEvery === undefined) {
    throw new InputError('stop-within', stopWithin, '--evaluate-every with it: the rule looks at evaluations');
  }
  const stageTwo = await stageTwoOf(options, schedule, state, steps);
  requireData(options, neededObjectives(schedule, state, steps), schedule.name);
  return {
    schedule,
    scheduleSettings,
    ownSettings: own,
    ...rule,
    dpo: preferenceLossSettings(options),
    ...(stageTwo && { stageTwo }),
    ...(stopWithin !== undefined && {
      stop: checkedStoppingRule({
        tolerance: stopWithin,
        ...(ideal && { ideal }),
        ...(paretoPoint && { paretoPoints: paretoPoint }),
      }),
    }),
  };
}

/** Whether it is planned, drawn by nothing and decided by no value, that a run goes over from one objective to the other. */
function switches(schedule: Schedule, state: unknown, steps: number): boolean {
  if (!isOpenLoop(schedule, state, steps)) return false;
  const names = new Set<string>();
  for (let t = 1; t <= steps; t++) {
    const outcomes = possibleOutcomes(schedule, state, t);
    if (outcomes.length > 1) return false;
    names.add(choiceName(outcomes[0].choice));
  }
  return names.size > 1;
}

function sumOf(split: unknown): number | undefined {
  return Array.isArray(split) ? (split as number[]).reduce((sum, stage) => sum + stage, 0) : undefined;
}
