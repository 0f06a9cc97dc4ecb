import { element } from './element.js';
import { scheduleOf } from './engine.js';
import { fileDrop } from './file-drop.js';
import { withOwn } from './schedule-list.js';
import type { FileChoice, State } from './state.js';

/**
 * Takes the files that a visitor drops or chooses: problems, and modules of schedules.
 * @param update changes the state
 * @param refuse shows why a module is no schedule
 */
export function takesFiles(update: (change: (state: State) => State) => void, refuse: (message: string) => void): void {
  const choosers = ['#choose-file', '#choose-schedule'].map((selector) => element(selector, HTMLInputElement));
  fileDrop(element('.drop-here', HTMLElement), choosers, (file) => {
    if (/\.m?[jt]s$/.test(file.name)) void takeSchedule(file);
    else update((current) => ({ ...current, kind: 'file', file }));
  });

  /** Adds the schedule that a module exports, or says why it is none. */
  async function takeSchedule({ name, text }: FileChoice): Promise<void> {
    try {
      const schedule = await scheduleOf({ file: name, text });
      update((current) => withOwn(current, schedule));
    } catch (error) {
      refuse(/\.m?ts$/.test(name) ? inTypeScript(name) : (error as Error).message);
    }
  }
}

function inTypeScript(name: string): string {
  return `schedule: got "${name}", expected JavaScript, which browsers run: npx esbuild ${name} --bundle --format=esm --outfile=${name.replace(/ts$/, 'js')}`;
}
