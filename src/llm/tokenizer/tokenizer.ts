/** A chat template in Jinja as it stands in a file. */
export interface ChatTemplateFile {
  readonly text: string;
  /** The file, for an error's words. */
  readonly place: string;
  /** The texts of special tokens that the template may name: bos_token, eos_token, … */
  readonly tokens: Readonly<Record<string, string>>;
}

/** Text to token ids and back. */
export interface Tokenizer {
  /** huggingface: from a tokenizer.json; llama2c: from a llama2.c tokenizer .bin. */
  readonly kind: 'huggingface' | 'llama2c';
  /** One more than the largest token id. */
  readonly vocabularySize: number;
  /** The id that begins a text, where the model has one. */
  readonly bosId: number | undefined;
  /** The id that ends a text, where the model has one. */
  readonly eosId: number | undefined;
  /** The ids at which generation ends, EOS among them. */
  readonly endIds: readonly number[];
  /** The end-of-text token as text, to be appended before encoding; undefined for llama2c, where only the id exists. */
  readonly eosText: string | undefined;
  /** The ids that `encode` puts in front of every text. */
  readonly opening: readonly number[];
  /** The model's own chat template, where its files have one. */
  readonly chatTemplate?: ChatTemplateFile | undefined;
  /**
   * The ids of a text. huggingface: behind the special tokens that its files put first (Llama 3 puts BOS there), as
   * Python's `tokenizer(text)` does, but never closed by EOS; llama2c: without BOS and EOS.
   */
  encode(text: string): number[];
  /** The text of ids, special tokens left out. */
  decode(ids: readonly number[]): string;
}
