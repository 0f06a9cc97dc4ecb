import { looks } from '../../src/figure/theme.js';
import type { ScheduleKey } from '../../src/schedule/key.js';
import { shortText } from '../../src/base/short-text.js';
import { defaults, type SessionSettings } from './settings.js';

type FormField = HTMLInputElement | HTMLSelectElement;

/** The page's settings, as its form and its address hold them. */
export interface SettingsForm {
  /** Fills the form with the settings that the page begins with or its address has, and says what of those does not fit. */
  readonly fill: () => string[];
  readonly settings: () => SessionSettings;
  /** Has the address hold what differs from the settings that the page begins with. */
  readonly writeAddress: () => void;
}

/** The settings by the names of their fields, as the page begins. */
const begins: Readonly<Record<string, string | number>> = (() => {
  const { schedules, ...rest } = defaults;
  return { first: schedules[0], second: schedules[1], ...rest };
})();

/** Reads and writes the fields of a form. */
export function settingsForm(form: HTMLFormElement): SettingsForm {
  const field = (name: string): FormField => {
    const found = form.elements.namedItem(name);
    if (!(found instanceof HTMLInputElement || found instanceof HTMLSelectElement)) throw new Error(`no field ${name}`);
    return found;
  };
  const showOutputs = (): void => {
    for (const output of form.querySelectorAll('output')) output.textContent = field(output.htmlFor.value).value;
  };
  form.addEventListener('input', showOutputs);
  return {
    fill() {
      for (const name of ['first', 'second']) {
        field(name).innerHTML = Object.entries(looks)
          .map(([key, { label }]) => `<option value="${key}">${label}</option>`)
          .join('');
      }
      const address = new URLSearchParams(location.search);
      const refused: string[] = [];
      for (const [name, value] of Object.entries(begins)) {
        const [input, given] = [field(name), address.get(name)];
        input.value = String(value);
        if (given === null) continue;
        if (canBeWritten(input, given)) input.value = given;
        if (holds(input, given)) continue;
        refused.push(`${name} = ${shortText(given, 40)}`);
        input.value = String(value);
      }
      showOutputs();
      return refused;
    },
    settings() {
      const number = (name: string): number => Number(field(name).value);
      return {
        schedules: [field('first').value as ScheduleKey, field('second').value as ScheduleKey],
        lambda: number('lambda'),
        conflict: number('conflict'),
        steps: number('steps'),
        learningRate: number('learningRate'),
        seed: number('seed'),
        pretrainingSteps: number('pretrainingSteps'),
        examples: number('examples'),
        backend: field('backend').value as SessionSettings['backend'],
      };
    },
    writeAddress() {
      const words = Object.entries(begins).flatMap(([name, value]) => {
        const now = field(name);
        return now.value === String(value) || !now.checkValidity() ? [] : [[name, now.value]];
      });
      const query = new URLSearchParams(words).toString();
      history.replaceState(null, '', query === '' ? location.pathname : `?${query}`);
    },
  };
}

/** Whether a field takes a text at all: what is no number in a field of numbers makes the browser warn on its console. */
function canBeWritten({ type }: FormField, text: string): boolean {
  return !['number', 'range'].includes(type) || (text.trim() !== '' && Number.isFinite(Number(text)));
}

/** Whether a field holds what was written into it: a slider moves to the nearest value that it has, without a word. */
function holds(input: FormField, text: string): boolean {
  const isSame = input.value === text || (text.trim() !== '' && Number(input.value) === Number(text));
  return isSame && input.value !== '' && input.checkValidity();
}
