import { escapeHtml, htmlText } from '../../src/figure/scripts.js';
import { looks } from '../../src/figure/theme.js';
import { variants, type ScheduleKey } from '../../src/schedule/key.js';
import { explainedBy } from '../frame/explained.js';
import { stroke, symbol } from '../chart/plot.js';
import { lookIn } from './shown.js';
import { initialState, scheduleKeys, type State } from './state.js';

type Changed = (change: (state: State) => State) => void;

/** The schedules to choose among: the page's own words or what each says of itself, and the visitor's own. Returns what shows a state. */
export function scheduleList(form: HTMLElement, changed: Changed): (state: State) => void {
  const list = form.querySelector('.schedules');
  const items = new Map<string, HTMLLIElement>();
  for (const item of form.querySelectorAll<HTMLLIElement>('[data-schedule]')) {
    items.set(item.dataset.schedule ?? '', item);
  }
  for (const key of Object.keys(looks) as ScheduleKey[]) {
    if (!items.has(key)) items.set(key, added(key, sentence(variants[key].description)));
  }
  for (const [key, item] of items) fill(item, key, { own: [] });
  let shownOwn: State['own'] = [];
  return (state) => {
    if (state.own !== shownOwn) showOwn(state);
    shownOwn = state.own;
    for (const [key, item] of items) {
      const box = item.querySelector('input');
      if (box !== null) box.checked = state.schedules.includes(key);
    }
  };

  function showOwn(state: State): void {
    for (const { key } of shownOwn) {
      items.get(key)?.remove();
      items.delete(key);
    }
    for (const { key, file, description } of state.own) {
      const words = description === '' ? '' : `${escapeHtml(description)} `;
      const item = added(key, `${words}<span class="from">From ${escapeHtml(file)}.</span>`);
      fill(item, key, state);
      const remove = document.createElement('button');
      remove.type = 'button';
      remove.textContent = 'Remove';
      remove.setAttribute('aria-label', `Remove ${key}`);
      remove.addEventListener('click', () => {
        changed((current) => withoutOwn(current, key));
      });
      item.append(remove);
      items.set(key, item);
    }
  }

  function added(key: string, explanation: string): HTMLLIElement {
    const item = document.createElement('li');
    item.dataset.schedule = key;
    item.innerHTML = explanation;
    list?.append(item);
    return item;
  }

  function fill(item: HTMLLIElement, key: string, state: Pick<State, 'own'>): void {
    const look = lookIn(state, key);
    const explanation = item.innerHTML;
    item.innerHTML = `<label${explainedBy(look.label)}><input type="checkbox"><svg viewBox="0 0 40 16" width="40" height="16" aria-hidden="true"><path d="M0,8H40" fill="none" ${stroke(look, 2.2)}/>${symbol(look, 20, 8, 4.6)}</svg><span class="name">${escapeHtml(look.label)}</span></label><p class="explain">${explanation}</p>`;
    const box = item.querySelector('input');
    box?.addEventListener('change', () => {
      changed((current) => {
        const schedules = scheduleKeys(current).filter((known) =>
          known === key ? box.checked : current.schedules.includes(known),
        );
        return schedules.length === 0 ? { ...current } : { ...current, schedules };
      });
    });
  }
}

/** A description as the page writes it: from a capital letter to a full stop, with its subscripts. */
function sentence(description: string): string {
  return `${htmlText(`${description.charAt(0).toUpperCase()}${description.slice(1)}`)}.`;
}

/** The state with a schedule of the visitor's own, which runs; one of the same name gives way to it. */
export function withOwn(state: State, schedule: State['own'][number]): State {
  const own = [...state.own.filter(({ key }) => key !== schedule.key), schedule];
  const running = [...state.schedules, schedule.key];
  return { ...state, own, schedules: scheduleKeys({ own }).filter((key) => running.includes(key)) };
}

/** The state without a schedule of the visitor's own; where no other ran, those run that run at first. */
function withoutOwn(state: State, key: string): State {
  const own = state.own.filter((one) => one.key !== key);
  const rest = state.schedules.filter((one) => one !== key);
  return { ...state, own, schedules: rest.length > 0 ? rest : initialState.schedules };
}
