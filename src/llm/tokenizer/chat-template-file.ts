import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { readText } from '../../base/read-whole.js';
import type { ChatTemplateFile } from './tokenizer.js';

const named = z.array(z.object({ name: z.string(), template: z.string() }));
const templateSchema = z.union([z.string(), named], 'a template, or a list of { name, template }').nullish();

const tokenNames = ['bos_token', 'eos_token', 'unk_token', 'pad_token', 'sep_token', 'cls_token', 'mask_token'];

/**
 * The chat template of a tokenizer's folder: chat_template.jinja, else `chat_template` of tokenizer_config.json, of
 * several the one named "default"; undefined where there is none.
 * @throws InputError where the field is no template
 */
export function readChatTemplate(
  folder: string,
  config: unknown,
  specialTokensMap: unknown,
): ChatTemplateFile | undefined {
  const tokens = { ...tokenTexts(specialTokensMap), ...tokenTexts(config) };
  const file = join(folder, 'chat_template.jinja');
  if (existsSync(file)) return { text: readText(file), place: file, tokens };
  const field = (config as { chat_template?: unknown } | undefined)?.chat_template;
  const place = `${join(folder, 'tokenizer_config.json')}: chat_template`;
  const data = checked(templateSchema, field, { place });
  const text = Array.isArray(data) ? data.find(({ name }) => name === 'default')?.template : data;
  return text === undefined || text === null ? undefined : { text, place, tokens };
}

/** The texts of special tokens in a file: each is a text or an object with its content. */
function tokenTexts(file: unknown): Record<string, string> {
  const fields = (file ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    tokenNames.flatMap((name) => {
      const token = fields[name];
      const text = typeof token === 'object' ? (token as { content?: unknown } | null)?.content : token;
      return typeof text === 'string' ? [[name, text]] : [];
    }),
  );
}
