import { looks } from '../../src/figure/theme.js';
import type { ScheduleKey } from '../../src/schedule/key.js';
import type { LabelledRun, FileRun, SettingName } from './run.js';

/** How each setting is written in a label. */
const written: Readonly<Record<SettingName, (value: string | number) => string>> = {
  comparison: (value) => String(value).toUpperCase().replace('-', '→'),
  lambda: (value) => `λ = ${value}`,
  steps: (value) => `T = ${value}`,
  dpoShare: (value) => `DPO share ${Number(Number(value).toPrecision(3))}`,
};

/** A setting as a label says it. */
export function settingText(name: SettingName, value: string | number): string {
  return written[name](value);
}

/** Names runs by their schedule and λ, and by as much more as tells them apart. */
export function labelled(runs: readonly FileRun[]): LabelledRun[] {
  const steps: readonly ((labels: readonly string[]) => string[])[] = [
    ...(['comparison', 'steps', 'dpoShare'] as const).map((name) => (labels: readonly string[]) => {
      const twins = ambiguous(labels);
      const values = runs.map(({ settings }) => settings[name]);
      return labels.map((label, i) => {
        const value = values[i];
        const telling = labels.some((other, k) => other === label && values[k] !== value);
        return twins.has(label) && telling && value !== undefined ? `${label}, ${written[name](value)}` : label;
      });
    }),
    (labels) => {
      const twins = ambiguous(labels);
      return labels.map((label, i) =>
        twins.has(label) && runs[i].source !== '' ? `${label} (${runs[i].source})` : label,
      );
    },
    numbered,
  ];
  const labels = steps.reduce<string[]>((found, step) => step(found), runs.map(shortLabel));
  return runs.map((run, i) => ({ ...run, label: labels[i], key: keyOf(run), of: run }));
}

function shortLabel(run: FileRun): string {
  const { name, schedule, source, settings } = run;
  if (name !== undefined) return name;
  const key = keyOf(run);
  const called = key === undefined ? schedule || source || 'run' : looks[key].label;
  return settings.lambda === undefined ? called : `${called}, ${written.lambda(settings.lambda)}`;
}

/** A run's schedule, or that by which its folder is called. */
function keyOf({ schedule, source }: FileRun): ScheduleKey | undefined {
  const called = schedule === '' ? source : schedule;
  return Object.keys(looks).find((key): key is ScheduleKey => key === called);
}

function ambiguous(labels: readonly string[]): Set<string> {
  return new Set(labels.filter((label, i) => labels.indexOf(label) !== i));
}

function numbered(labels: readonly string[]): string[] {
  return labels.map((label, i) => {
    const before = labels.slice(0, i).filter((other) => other === label).length;
    return before === 0 ? label : `${label} (${before + 1})`;
  });
}
