import { variants, type KeyedVariant, type ScheduleKey } from './key.js';

/**
 * The key of a schedule under its own settings; a setting that is not given counts as the default, which a schedule's
 * first variant has. A schedule that is none of the package's is its name.
 */
export function keyOf(name: string, own: Readonly<Record<string, unknown>>): string {
  const fits = ({ settings }: KeyedVariant): boolean =>
    Object.entries(settings).every(([field, value]) => (own[field] ?? value) === value);
  return Object.values(variants).find((variant) => variant.schedule === name && fits(variant))?.key ?? name;
}

/** Whether a key is that of a schedule of the package. */
export function isListed(key: string): key is ScheduleKey {
  return Object.hasOwn(variants, key);
}

/** The labels of users' own schedules by key: those that this process has loaded, or has met in a folder of results. */
const ownLabels = new Map<string, string>();

/** Keeps what users' own schedules are called, for figures and texts of this process. */
export function learnLabels(labels: Readonly<Record<string, string>>): void {
  for (const [key, label] of Object.entries(labels)) ownLabels.set(key, label);
}

/** The label of a key: what the schedule says of itself, or the key where nothing is known of the schedule. */
export function labelOf(key: string): string {
  return isListed(key) ? variants[key].label : (ownLabels.get(key) ?? key);
}
