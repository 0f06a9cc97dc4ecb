import { significant } from '../../src/base/text.js';

/** A number of a sentence: to three digits, under a name by which it can be found. */
export function said(name: string, value: number): string {
  return `<span class="said" data-number="${name}">${significant(value, 3).replace('-', '−')}</span>`;
}

/** A count, with commas between thousands. */
export function counted(count: number): string {
  return count.toLocaleString('en');
}

/** What a part is of a whole, in percent. */
export function percent(part: number, whole: number): string {
  return `${significant((100 * part) / whole, 2)} %`;
}
