/** The fields of an object of promises, all awaited at once, so that none is left to fail unseen. */
export async function together<Fields extends Readonly<Record<string, Promise<unknown>>>>(
  fields: Fields,
): Promise<{ [Name in keyof Fields]: Awaited<Fields[Name]> }> {
  const entries = Object.entries(fields).map(async ([name, field]) => [name, await field] as const);
  return Object.fromEntries(await Promise.all(entries)) as { [Name in keyof Fields]: Awaited<Fields[Name]> };
}
