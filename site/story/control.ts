import { explained, explainedBy } from '../frame/explained.js';
import type { SectionControl } from './section.js';

/** The one control of a section. */
export interface ShownControl {
  show(value: number): void;
}

/** Puts a slider, or a choice between names, into its place. */
export function sectionControl(
  host: HTMLElement,
  id: string,
  { label, initial, least = 0, most = 1, step = 1, text = String, names }: SectionControl,
  changed: (value: number) => void,
): ShownControl {
  if (names !== undefined) {
    host.innerHTML = `<fieldset><legend>${label}</legend>${names
      .map(
        (name, i) =>
          `<label${explainedBy(name)}><input type="radio" name="${id}-control" value="${i}"${i === initial ? ' checked' : ''}><span>${name}</span></label>`,
      )
      .join('')}</fieldset>`;
    host.addEventListener('change', ({ target }) => {
      if (target instanceof HTMLInputElement) changed(Number(target.value));
    });
    return { show: () => undefined };
  }
  host.innerHTML = `<label for="${id}-control">${explained(label)} <output>${text(initial)}</output></label>
    <input type="range" id="${id}-control" min="${least}" max="${most}" step="${step}" value="${initial}" aria-valuetext="${text(initial)}">`;
  const slider = host.querySelector('input');
  const output = host.querySelector('output');
  slider?.addEventListener('input', () => {
    changed(Number(slider.value));
  });
  return {
    show(value) {
      if (slider === null || output === null) return;
      if (Number(slider.value) !== value) slider.value = String(value);
      output.textContent = text(value);
      slider.setAttribute('aria-valuetext', text(value));
    },
  };
}
