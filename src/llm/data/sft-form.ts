import { messagesField, optionalTextField, textField, type Dialogue, type Message } from './dialogue.js';
import type { Form } from './form.js';
import type { DataRecord } from './records.js';

/** What an SFT record says; `input` is the text that --input-field adds to its prompt. */
export type SftContent = Dialogue & { readonly input?: string };

/** The forms of SFT records; the first whose fields a record has is its own. */
export const sftForms: readonly Form<SftContent>[] = [
  {
    name: 'messages',
    fields: { messages: 'messages' },
    conversational: true,
    read: (record, { messages }) => ({ prompt: [], response: messagesField(record, messages) }),
  },
  {
    name: 'instruction',
    fields: { prompt: 'instruction', response: 'output', input: 'input' },
    optional: ['input'],
    conversational: false,
    read: (record, { prompt, response, input }) => ({
      prompt: textField(record, prompt),
      response: textField(record, response),
      input: optionalTextField(record, input),
    }),
  },
  {
    name: 'completion',
    fields: { prompt: 'prompt', response: 'completion' },
    conversational: false,
    read: (record, { prompt, response }) => ({
      prompt: textField(record, prompt),
      response: textField(record, response),
    }),
  },
  {
    name: 'conversation-completion',
    fields: { prompt: 'prompt', response: 'completion' },
    conversational: true,
    read: (record, { prompt, response }) => ({
      prompt: promptTurns(record, prompt),
      response: messagesField(record, response),
    }),
  },
];

/** The turns of a prompt, or the one turn of a prompt that is text. */
export function promptTurns(record: DataRecord, name: string): Message[] {
  return typeof record.fields[name] === 'string'
    ? [{ role: 'user', content: textField(record, name) }]
    : messagesField(record, name);
}
