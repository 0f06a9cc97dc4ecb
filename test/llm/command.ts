import { startForgetting, type Ended, type Running } from '../cli/command.js';

export type { Ended };

/** Starts the real command line, as `forgetting llm <words>`, with changes to this environment. */
export function startLlm(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
  return startForgetting(['llm', ...words], { env: environment });
}

/** Words of a command, with the options that `more` gives in place of those of the same name. */
export function withOptions(words: readonly string[], more: readonly string[]): string[] {
  const given = new Set(more.filter((word) => word.startsWith('--')));
  const kept = words.filter((word, i) => {
    const option = word.startsWith('--') ? word : words[i - 1];
    return !given.has(option);
  });
  return [...kept, ...more];
}

/** Words of a command without those options that are given again behind; of options that may repeat all stay. */
export function lastOf(words: readonly string[]): string[] {
  const repeatable = new Set(['--pareto-point', '--lambda']);
  const isOption = (word: string | undefined): word is string => word?.startsWith('--') === true;
  return words.filter((word, i) => {
    const at = isOption(word) ? i : isOption(words[i - 1]) ? i - 1 : -1;
    return at < 0 || repeatable.has(words[at]) || !words.includes(words[at], at + 1);
  });
}

/** Runs the real command line to its end. */
export function llm(...words: string[]): Promise<Ended> {
  return startLlm(words).ended;
}
