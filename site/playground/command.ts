import { compared } from '../../experiments/compared.js';
import { shellWords } from '../../src/base/text.js';
import { variants } from '../../src/schedule/key.js';
import { isListed } from '../../src/schedule/recognise.js';
import { stagesOf, type State } from './state.js';

/** The file name under which the problem is written by the commands. */
export function problemFileName({ kind, file }: State): string {
  return kind === 'file' ? file.name : 'pair.json';
}

/**
 * The shell commands that compute what the page shows: one that makes the problem file, where the page made the
 * problem, and one `forgetting run` for every schedule.
 * @param problemText the problem file
 */
export function commands(state: State, problemText: string): string[] {
  return [...problemCommand(state, problemText), ...state.schedules.map((key) => runCommand(state, key))];
}

/** The command that makes the problem file; none where the visitor has it. */
export function problemCommand(state: State, problemText: string): string[] {
  const name = problemFileName(state);
  switch (state.kind) {
    case 'quadratic':
      return [`cat > ${name} <<'END'\n${problemText.trimEnd()}\nEND`];
    case 'log-linear': {
      const { conflict, beta, candidates, examples, radius, problemSeed } = state.logLinear;
      const options = { dimension: 2, candidates, examples, conflict, beta, radius, seed: problemSeed };
      return [shellWords(['forgetting', 'problem', 'log-linear', ...optionWords(options), '--out', name])];
    }
    case 'closed-form': {
      const { noise, start } = state.closedForm;
      return [shellWords(['forgetting', 'problem', 'closed-form', ...optionWords({ noise, start }), '--out', name])];
    }
    case 'file':
      return [];
  }
}

/** The command that prints what the front's panel says. */
export function frontCommand(state: State, forgetAtMost: number): string {
  return shellWords([
    'forgetting',
    'front',
    problemFileName(state),
    ...optionWords({ 'forget-at-most': forgetAtMost }),
  ]);
}

/** The command that compares the remedies that are shown. */
export function remediesCommand(state: State): string {
  const { remedies, lambda, steps, stepSize, firstStage, seed } = state;
  return shellWords([
    'forgetting',
    'remedies',
    problemFileName(state),
    ...optionWords({ lambda, only: remedies.join(','), steps, 'step-size': stepSize }),
    ...(firstStage === 0.5 ? [] : optionWords({ split: stagesOf(state).join(',') })),
    ...(seed === 0 ? [] : optionWords({ seed })),
  ]);
}

/** The command that runs one schedule. */
export function runCommand(state: State, key: string): string {
  const { lambda, steps, stepSize, seeds, seed, batch, period, firstStage } = state;
  const { schedule, fixed, own } = named(state, key);
  return shellWords([
    'forgetting',
    'run',
    problemFileName(state),
    ...optionWords({ schedule }),
    ...Object.entries(fixed).flatMap(([name, value]) => settingWords(name, value)),
    ...(own.includes('split') && firstStage !== 0.5 ? optionWords({ split: stagesOf(state).join(',') }) : []),
    ...(own.includes('period') && period !== 1 ? optionWords({ period }) : []),
    ...optionWords({ lambda, steps, 'step-size': stepSize, seeds }),
    ...(batch === 1 ? [] : optionWords({ batch })),
    ...(seed === 0 ? [] : optionWords({ seed })),
  ]);
}

/** A schedule as `--schedule` names it, what sets it apart, and the names of its own settings. */
function named(
  { own }: State,
  key: string,
): { readonly schedule: string; readonly fixed: object; readonly own: readonly string[] } {
  if (isListed(key)) {
    const { schedule, ...fixed } = compared[key];
    return { schedule, fixed, own: variants[key].own };
  }
  const file = own.find((one) => one.key === key)?.file ?? key;
  return { schedule: `./${file}`, fixed: {}, own: [] };
}

/** A setting of a schedule as words: a flag where it is one. */
function settingWords(name: string, value: unknown): string[] {
  const option = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (typeof value === 'boolean') return value ? [`--${option}`] : [];
  return optionWords({ [option]: String(value) });
}

/** Options as words; a value that begins with a minus sign needs the equals sign. */
function optionWords(options: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(options).flatMap(([name, value]) =>
    String(value).startsWith('-') ? [`--${name}=${value}`] : [`--${name}`, String(value)],
  );
}
