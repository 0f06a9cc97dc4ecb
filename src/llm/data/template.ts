import { InputError } from '../../base/input-error.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import type { Dialogue, Message } from './dialogue.js';
import { closedAt, closedIds, promptTokens, promptTooLong, tokeniseTurns, type Sequence } from './sequence.js';

/** Why a record is dropped. */
export type DropReason =
  | 'an empty instruction or output'
  | 'a prompt of max-length − 2 tokens or more'
  | 'a reply without a token behind its prompt'
  | 'turns that the template renders otherwise when others follow';

/** A tokenised dialogue, and whether its reply was cut to the maximum length. */
export interface Rendered {
  readonly sequence: Sequence;
  readonly cut: boolean;
}

/** Of which objective a record is: the published preparation puts only SFT prompts into a template. */
export type DataKind = 'sft' | 'preferences';

/** How a prompt and its reply become tokens. */
export interface Template {
  readonly name: string;
  /**
   * The sequence of a dialogue, or why it has none.
   * Throws an InputError naming the record where the template cannot take it.
   */
  sequence(dialogue: Dialogue, kind: DataKind, maximumLength: number, place: string): Rendered | DropReason;
}

/** The SFT prompt around an instruction, whose own braces mean nothing. */
export function sftPrompt(instruction: string): string {
  return `User: ${instruction}\nAssistant: `;
}

/** The published preparation: SFT prompts in a template of its own, prompts of preferences as they are. */
export function publishedTemplate(tokenizer: Tokenizer): Template {
  return textTemplate('published', tokenizer, (dialogue, kind, place) => {
    if (!isTurns(dialogue)) {
      return kind === 'sft' ? { ...dialogue, prompt: sftPrompt(dialogue.prompt) } : dialogue;
    }
    if (kind === 'sft') {
      const { prompt, response } = oneExchange(dialogue, 'published', place);
      return { prompt: sftPrompt(prompt), response };
    }
    return hhText(dialogue, place);
  });
}

/**
 * The template of a name: published, none, chat (the model's own), a file of Jinja, or a text around {prompt}; by
 * default published, and chat for conversations.
 * @throws InputError naming the option where it is none of these, or the model has no chat template
 */
export async function templateOf(
  name: string | undefined,
  tokenizer: Tokenizer,
  conversational: boolean,
): Promise<Template> {
  const chosen = name ?? (conversational ? 'chat' : 'published');
  if (chosen === 'published') return publishedTemplate(tokenizer);
  if (chosen === 'none') return patternTemplate('none', '{prompt}', tokenizer);
  if (chosen === 'chat') {
    const { chatTemplate } = tokenizer;
    if (chatTemplate !== undefined) return chatTemplateOf(`chat (${chatTemplate.place})`, chatTemplate, tokenizer);
    const conversations =
      name === undefined ? 'the records are conversations, and the model has no chat template' : name;
    const expected = 'tokenizer_config.json or chat_template.jinja with a chat template, or --template FILE.jinja';
    throw new InputError('template', conversations, expected);
  }
  if (chosen.endsWith('.jinja')) {
    // A browser, whose pages hold the preparation of records, has no files.
    const { readText } = await import('../../base/read-whole.js');
    const tokens = tokenizer.chatTemplate?.tokens ?? {};
    return chatTemplateOf(
      chosen,
      { text: readText(chosen, 'a chat template in Jinja'), place: chosen, tokens },
      tokenizer,
    );
  }
  if (chosen.includes('{prompt}')) return patternTemplate(JSON.stringify(chosen), chosen, tokenizer);
  throw new InputError('template', chosen, 'published, none, chat, FILE.jinja, or a text with {prompt}');
}

type Text = Extract<Dialogue, { readonly prompt: string }>;
type Turns = Exclude<Dialogue, Text>;

function isTurns(dialogue: Dialogue): dialogue is Turns {
  return typeof dialogue.prompt !== 'string';
}

function patternTemplate(name: string, pattern: string, tokenizer: Tokenizer): Template {
  return textTemplate(name, tokenizer, (dialogue, _, place) => {
    const { prompt, response } = isTurns(dialogue) ? oneExchange(dialogue, name, place) : dialogue;
    return { prompt: pattern.replaceAll('{prompt}', () => prompt), response };
  });
}

/** A template that makes text of a prompt and its reply; see `tokenise` for what follows. */
function textTemplate(
  name: string,
  tokenizer: Tokenizer,
  textOf: (dialogue: Dialogue, kind: DataKind, place: string) => Text,
): Template {
  // Both replies of a preference have one prompt.
  let last: { readonly prompt: string; readonly length: number } | undefined;
  return {
    name,
    sequence(dialogue, kind, maximumLength, place) {
      if (kind === 'sft' && (dialogue.prompt === '' || dialogue.response === ''))
        return 'an empty instruction or output';
      const text = textOf(dialogue, kind, place);
      if (last?.prompt !== text.prompt) last = { prompt: text.prompt, length: promptTokens(tokenizer, text.prompt) };
      if (promptTooLong(last.length, maximumLength)) return 'a prompt of max-length − 2 tokens or more';
      const ids = closedIds(tokenizer, text);
      return { sequence: closedAt(maximumLength, ids, last.length), cut: ids.length > maximumLength };
    },
  };
}

async function chatTemplateOf(
  name: string,
  file: NonNullable<Tokenizer['chatTemplate']>,
  tokenizer: Tokenizer,
): Promise<Template> {
  const { chatTemplate } = await import('./chat-template.js');
  const template = chatTemplate(file);
  return {
    name,
    sequence(dialogue, kind, maximumLength, place) {
      if (kind === 'sft' && (dialogue.prompt === '' || dialogue.response === ''))
        return 'an empty instruction or output';
      const { prompt, response } = isTurns(dialogue) ? dialogue : turnsOf(dialogue);
      const rendered = template.render([...prompt, ...response], prompt.length, place);
      if (rendered === undefined) return 'turns that the template renders otherwise when others follow';
      const { sequence, cut } = tokeniseTurns(tokenizer, rendered, maximumLength);
      if (rendered.replies.length === 0) return 'a reply without a token behind its prompt';
      if (promptTooLong(sequence.promptLength, maximumLength)) return 'a prompt of max-length − 2 tokens or more';
      return { sequence, cut };
    },
  };
}

/** A dialogue in text as turns: those of hh-rlhf's role markers, where its prompt has them, else one of each. */
function turnsOf({ prompt, response }: Text): Turns {
  const marked = /^\s*Human:([^]*)\n\nAssistant:\s*$/.exec(prompt);
  if (marked === null) {
    return { prompt: [{ role: 'user', content: prompt }], response: [{ role: 'assistant', content: response }] };
  }
  const parts = marked[1].split(/\n\n(Human|Assistant):/);
  const turns = [{ role: 'user', content: parts[0].trim() } as Message];
  for (let i = 1; i < parts.length; i += 2) {
    turns.push({ role: parts[i] === 'Human' ? 'user' : 'assistant', content: parts[i + 1].trim() });
  }
  return { prompt: turns, response: [{ role: 'assistant', content: response.trim() }] };
}

/** The text of a conversation that is one turn of the user and one of the assistant. */
function oneExchange({ prompt, response }: Turns, template: string, place: string): Text {
  const turns = [...prompt, ...response];
  const roles = turns.map(({ role }) => role).join(', ');
  if (roles === 'user, assistant') return { prompt: turns[0].content, response: turns[1].content };
  throw new InputError(
    place,
    `turns of ${roles}`,
    `one of user and one of assistant with template ${template}; chat takes all`,
  );
}

/** A conversation as hh-rlhf writes it: "\n\nHuman: …\n\nAssistant: …". */
function hhText({ prompt, response }: Turns, place: string): Text {
  const turns = [...prompt, ...response];
  if (response.length !== 1 || turns.some(({ role }, i) => role !== (i % 2 === 0 ? 'user' : 'assistant'))) {
    const expected = 'user and assistant in turn, with template published; chat takes all';
    throw new InputError(place, `turns of ${turns.map(({ role }) => role).join(', ')}`, expected);
  }
  const names = { system: '', user: 'Human', assistant: 'Assistant' };
  const text = prompt.map(({ role, content }) => `\n\n${names[role]}: ${content}`).join('');
  return { prompt: `${text}\n\nAssistant:`, response: ` ${response[0].content}` };
}
