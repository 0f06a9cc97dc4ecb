import { InputError } from '../../base/input-error.js';
import type { DataRecord } from './records.js';

/** A turn of a conversation. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
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

/** A text field of a record; throws an InputError naming file, line and field where it is missing or not a string. */
export function textField({ place, fields }: DataRecord, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new InputError(`${place}: ${name}`, value, 'a string');
  return wellFormed(value, `${place}: ${name}`);
}

/** A text, unless it has half of a surrogate pair, as "\ud800" in JSON, which UTF-8 cannot hold and tokenizers replace. */
function wellFormed(text: string, place: string): string {
  const at = text.search(/\p{Surrogate}/u);
  if (at < 0) return text;
  const code = `\\u${text.charCodeAt(at).toString(16)}`;
  throw new InputError(place, `half of a surrogate pair, ${code}`, 'characters of Unicode');
}

/** A text field that may be absent or null, which is empty text. */
export function optionalTextField(record: DataRecord, name: string): string {
  const value = record.fields[name];
  return value === undefined || value === null ? '' : textField(record, name);
}

/**
 * A field with the turns of a conversation: { role, content } objects whose role is system, user or assistant.
 * Throws an InputError naming file, line, field and turn where it is something else.
 */
export function messagesField({ place, fields }: DataRecord, name: string): Message[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw new InputError(`${place}: ${name}`, value, 'a list of { role, content }');
  return (value as unknown[]).map((message, turn) => {
    const at = `${place}: ${name}[${turn}]`;
    const { role, content, tool_calls: calls } = (message ?? {}) as Record<string, unknown>;
    if (role !== 'system' && role !== 'user' && role !== 'assistant') {
      throw new InputError(`${at}.role`, role, '"system", "user" or "assistant"');
    }
    if (typeof content !== 'string') throw new InputError(`${at}.content`, content, 'a string');
    if (Array.isArray(calls) && calls.length > 0)
      throw new InputError(`${at}.tool_calls`, calls, 'turns of text alone');
    return { role, content: wellFormed(content, `${at}.content`) };
  });
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
