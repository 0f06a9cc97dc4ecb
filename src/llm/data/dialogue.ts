import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { unicodeText } from '../../base/unicode-text.js';
import type { DataRecord } from './records.js';

/** A turn of a conversation. */
export interface Message {
  readonly role: (typeof roles)[number];
  readonly content: string;
}

/** A prompt and what follows it: as text, or as the turns of a conversation. */
export type Dialogue =
  | { readonly prompt: string; readonly response: string }
  | { readonly prompt: readonly Message[]; readonly response: readonly Message[] };

/** A prompt with two replies. */
export type ComparedReplies =
  | { readonly prompt: string; readonly chosen: string; readonly rejected: string }
  | { readonly prompt: readonly Message[]; readonly chosen: readonly Message[]; readonly rejected: readonly Message[] };

const textAlone = 'turns of text alone';
const roles = ['system', 'user', 'assistant'] as const;

/** Every record is read by these: `checked` words what it refuses, with file, line and field. */
const messagesSchema = z.array(
  z
    .looseObject({
      role: z.enum(roles, { error: '"system", "user" or "assistant"' }),
      content: unicodeText,
      tool_calls: z.array(z.unknown()).max(0, textAlone).nullish(),
    })
    .transform(({ role, content }): Message => ({ role, content })),
  { error: 'a list of { role, content }' },
);

/** A text field of a record; throws an InputError naming file, line and field where it is missing or not a string. */
export function textField(record: DataRecord, name: string): string {
  return fieldOf(record, name, unicodeText);
}

/** A text field that may be absent or null, which is empty text. */
export function optionalTextField(record: DataRecord, name: string): string {
  return fieldOf(record, name, unicodeText.nullish()) ?? '';
}

/**
 * A field with the turns of a conversation: { role, content } objects whose role is system, user or assistant.
 * Throws an InputError naming file, line, field and turn where it is something else.
 */
export function messagesField(record: DataRecord, name: string): Message[] {
  return fieldOf(record, name, messagesSchema);
}

function fieldOf<Schema extends z.ZodType>(
  { place, fields }: DataRecord,
  name: string,
  schema: Schema,
): z.output<Schema> {
  const own = Object.hasOwn(fields, name) ? { [name]: fields[name] } : {};
  return checked(z.looseObject({ [name]: schema }), own, { place })[name] as z.output<Schema>;
}

/** Whether two lists of turns, or two texts, are the same. */
export function sameReply(a: string | readonly Message[], b: string | readonly Message[]): boolean {
  return startsWith(a, b) && a.length === b.length;
}

/** Whether a reply begins with the whole of a prompt that is not empty. */
export function startsWith(reply: string | readonly Message[], prompt: string | readonly Message[]): boolean {
  if (prompt.length === 0 && reply.length > 0) return false;
  if (typeof reply === 'string' || typeof prompt === 'string') {
    return typeof reply === 'string' && typeof prompt === 'string' && reply.startsWith(prompt);
  }
  return prompt.length <= reply.length && commonTurns(reply, prompt) === prompt.length;
}

/** The number of turns that two conversations begin with in common. */
export function commonTurns(a: readonly Message[], b: readonly Message[]): number {
  const parting = a.findIndex(({ role, content }, turn) => b[turn]?.role !== role || b[turn].content !== content);
  return parting < 0 ? a.length : parting;
}
