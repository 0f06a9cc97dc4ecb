import { InputError } from '../../base/input-error.js';
import { messagesField, textField, type ComparedReplies } from './dialogue.js';
import type { Form } from './form.js';
import { implicitTextPrompt, implicitTurns, type PromptEnd } from './implicit-prompt.js';
import { promptTurns } from './sft-form.js';

/** What a preference record says, and where an implicit prompt in text was found to end. */
export type PreferenceContent = ComparedReplies & { readonly end?: PromptEnd };

/** The forms of preference records; the first whose fields a record has is its own. */
export const preferenceForms: readonly Form<PreferenceContent>[] = [
  {
    name: 'prompt',
    fields: { prompt: 'prompt', chosen: 'chosen', rejected: 'rejected' },
    conversational: false,
    read: (record, { prompt, chosen, rejected }) => ({
      prompt: textField(record, prompt),
      chosen: textField(record, chosen),
      rejected: textField(record, rejected),
    }),
  },
  {
    name: 'conversation-prompt',
    fields: { prompt: 'prompt', chosen: 'chosen', rejected: 'rejected' },
    conversational: true,
    read: (record, fields) => {
      const [chosen, rejected] = [messagesField(record, fields.chosen), messagesField(record, fields.rejected)];
      const given = record.fields[fields.prompt];
      if (typeof given !== 'string' || chosen.at(0)?.role === 'assistant') {
        return { prompt: promptTurns(record, fields.prompt), chosen, rejected };
      }
      // As in UltraFeedback: the text of the prompt is said beside conversations that hold it.
      const prompt = implicitTurns(chosen, rejected, record.place);
      if (!prompt.some(({ content }) => content === given)) {
        throw new InputError(`${record.place}: ${fields.prompt}`, given, 'a turn that chosen and rejected begin with');
      }
      return { prompt, chosen: chosen.slice(prompt.length), rejected: rejected.slice(prompt.length) };
    },
  },
  {
    name: 'implicit',
    fields: { chosen: 'chosen', rejected: 'rejected' },
    conversational: false,
    read: (record, fields) => {
      const [chosen, rejected] = [textField(record, fields.chosen), textField(record, fields.rejected)];
      const { prompt, end } = implicitTextPrompt(chosen, rejected);
      return { prompt, chosen: chosen.slice(prompt.length), rejected: rejected.slice(prompt.length), end };
    },
  },
  {
    name: 'conversation-implicit',
    fields: { chosen: 'chosen', rejected: 'rejected' },
    conversational: true,
    read: (record, fields) => {
      const [chosen, rejected] = [messagesField(record, fields.chosen), messagesField(record, fields.rejected)];
      const prompt = implicitTurns(chosen, rejected, record.place);
      return { prompt, chosen: chosen.slice(prompt.length), rejected: rejected.slice(prompt.length) };
    },
  },
];
