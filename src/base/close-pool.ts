/** A piscina pool, as far as it takes to close it. */
interface ClosablePool {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  destroy(): Promise<void>;
}

/**
 * Stops a pool's threads at once. An answer that is already under way from one of them belongs to nobody any more:
 * piscina says so by an `error` event, which would end the process in place of the refusal that the pool is closed for.
 */
export async function closePool(pool: ClosablePool): Promise<void> {
  pool.on('error', () => undefined);
  await pool.destroy();
}
