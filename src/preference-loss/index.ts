import { InputError } from '../base/input-error.js';
import { cdpo } from './cdpo.js';
import { dpo } from './dpo.js';
import { ipo } from './ipo.js';
import type { MarginLoss, PreferenceLoss, PreferenceLossName, PreferenceLossSettings } from './preference-loss.js';
import { simpo } from './simpo.js';

/** Every preference loss by its name: a new one is one file and one line here, and its name in its type. */
export const preferenceLosses: Readonly<Record<PreferenceLossName, PreferenceLoss>> = { dpo, cdpo, ipo, simpo };

/** The names of all losses. */
export const preferenceLossNames = Object.keys(preferenceLosses) as PreferenceLossName[];

/** The names of those that compare with a reference policy. */
export const referencedLossNames = preferenceLossNames.filter(
  (name) => preferenceLosses[name].compares === 'log-ratio',
);

/** The names of those that are convex in the parameters of a log-linear policy. */
export const convexLossNames = preferenceLossNames.filter((name) => preferenceLosses[name].ofMargin !== undefined);

/** The loss of the settings. */
export function preferenceLossOf({ loss = 'dpo' }: Pick<PreferenceLossSettings, 'loss'>): PreferenceLoss {
  return preferenceLosses[loss];
}

/** The loss of the settings as convex problems need it. */
export function marginLossOf(settings: PreferenceLossSettings): MarginLoss {
  const found = preferenceLossOf(settings).ofMargin?.(settings);
  if (found === undefined) {
    const expected = `${convexLossNames.join(', ')}: convex problems have a reference and replies without lengths`;
    throw new InputError('preference-loss', settings.loss, expected);
  }
  return found;
}

const options = { labelSmoothing: 'label-smoothing', margin: 'margin' } as const;

/**
 * The settings, checked: β > 0, label smoothing in (0, ½] with cdpo, a margin γ ≥ 0 with simpo, and neither elsewhere.
 * @throws InputError naming the option
 */
export function checkedPreferenceLoss(settings: PreferenceLossSettings): PreferenceLossSettings {
  const { beta, loss = 'dpo', labelSmoothing, margin } = settings;
  if (!Object.hasOwn(preferenceLosses, loss)) {
    throw new InputError('preference-loss', loss, preferenceLossNames.join(', '));
  }
  if (!(beta > 0 && Number.isFinite(beta))) throw new InputError('beta', beta, 'a number > 0');
  const { takes } = preferenceLosses[loss];
  for (const [name, option] of Object.entries(options) as [keyof typeof options, string][]) {
    if ((settings[name] ?? 0) === 0 || takes.includes(name)) continue;
    const takers = preferenceLossNames.filter((one) => preferenceLosses[one].takes.includes(name));
    throw new InputError(option, settings[name], `it to be left out with ${loss}: it belongs to ${takers.join(', ')}`);
  }
  if (takes.includes('labelSmoothing') && !((labelSmoothing ?? 0) > 0 && (labelSmoothing ?? 0) <= 0.5)) {
    throw new InputError('label-smoothing', labelSmoothing, `a number in (0, 0.5] with ${loss}`);
  }
  if (takes.includes('margin') && margin !== undefined && !(margin >= 0 && Number.isFinite(margin))) {
    throw new InputError('margin', margin, 'a number ≥ 0');
  }
  return settings;
}
