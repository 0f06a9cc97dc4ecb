import type { ChosenForm } from './form.js';
import type { DataRecord } from './records.js';

/** What is said of records whose weight asks for another loss: every record counts once, every turn of a reply in full. */
export const weightSaid = 'a weight other than 1, which the loss does not apply';

/**
 * Whether a record, or a turn of a conversation that is read from it, has a `weight` other than 1: by that name data sets
 * scale a record's loss, or leave turns of an assistant out of it.
 */
export function hasWeight({ fields: record }: DataRecord, { fields }: ChosenForm<unknown>): boolean {
  const read = Object.values(fields);
  if (!read.includes('weight') && isOther(record.weight)) return true;
  return read.some((name) => {
    const turns = record[name];
    return (
      Array.isArray(turns) && turns.some((turn: unknown) => isOther((turn as { weight?: unknown } | null)?.weight))
    );
  });
}

/** Whether a weight is there and is not 1; Parquet has integers of 64 bits. */
function isOther(weight: unknown): boolean {
  return weight !== undefined && weight !== null && Number(weight) !== 1;
}
