import type { RecordedSteps } from './recording.js';
import { byTime, type SelfTime } from './self-times.js';

/**
 * The half of some recordings that lost the least time between rows, as one. A busy machine takes the processor away
 * for longer than anything between two rows lasts, now in this step, now in that: such steps are left out. What most
 * steps lose stays seen.
 */
export function undisturbed(recorded: readonly RecordedSteps[]): RecordedSteps {
  const ordered = recorded.toSorted((a, b) => lost(a) - lost(b));
  const kept = ordered.slice(0, Math.ceil(recorded.length / 2));
  const times = new Map<string, SelfTime>();
  for (const { name, calls, milliseconds } of kept.flatMap((one) => one.times)) {
    const before = times.get(name) ?? { calls: 0, milliseconds: 0 };
    times.set(name, { name, calls: before.calls + calls, milliseconds: before.milliseconds + milliseconds });
  }
  return {
    steps: kept.reduce((sum, { steps }) => sum + steps, 0),
    milliseconds: kept.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    times: byTime(times.values()),
  };
}

function lost({ milliseconds, times }: RecordedSteps): number {
  return times.reduce((rest, time) => rest - time.milliseconds, milliseconds);
}
