import { InputError } from '../../base/input-error.js';
import { commonTurns, type Message } from './dialogue.js';

/** What the prompt of hh-rlhf's records ends with. */
const marker = '\n\nAssistant:';

/** Where an implicit prompt in text ends. */
export type PromptEnd = 'after the last "\\n\\nAssistant:"' | 'at the last whitespace';

/**
 * The prompt that two texts begin with in common: up to the last "\n\nAssistant:" within their common beginning, that
 * included, or else up to its last whitespace, that excluded.
 */
export function implicitTextPrompt(chosen: string, rejected: string): { prompt: string; end: PromptEnd } {
  let length = 0;
  while (length < chosen.length && length < rejected.length && chosen[length] === rejected[length]) length += 1;
  const common = chosen.slice(0, length);
  const marked = common.lastIndexOf(marker);
  if (marked >= 0) {
    return { prompt: common.slice(0, marked + marker.length), end: 'after the last "\\n\\nAssistant:"' };
  }
  const space = /\s\S*$/.exec(common)?.index ?? 0;
  return { prompt: common.slice(0, space), end: 'at the last whitespace' };
}

/**
 * The turns that two conversations begin with in common; each keeps at least its last turn, and what follows the prompt
 * is an assistant's.
 * @param place the record, for an error's words
 */
export function implicitTurns(chosen: readonly Message[], rejected: readonly Message[], place: string): Message[] {
  const common = Math.min(commonTurns(chosen, rejected), chosen.length - 1, rejected.length - 1);
  for (const [name, turns] of [
    ['chosen', chosen],
    ['rejected', rejected],
  ] as const) {
    if (turns.length === 0 || turns[common].role !== 'assistant') {
      const expected = 'conversations that part at a turn of the assistant';
      throw new InputError(`${place}: ${name}[${Math.max(0, common)}]`, turns[common]?.role, expected);
    }
  }
  return chosen.slice(0, common);
}
