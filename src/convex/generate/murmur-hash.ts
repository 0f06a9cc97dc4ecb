/**
 * MurmurHash3 (x86, 32 bits) of bytes, as an unsigned integer: Austin Appleby's public-domain hash, the usual one for
 * hashed text features.
 */
export function murmurHash(bytes: Uint8Array, seed = 0): number {
  const [c1, c2] = [0xcc9e2d51, 0x1b873593];
  const rotate = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));
  const scrambled = (block: number): number => Math.imul(rotate(Math.imul(block, c1), 15), c2);
  const blocks = bytes.length & ~3;
  let hash = seed | 0;
  for (let at = 0; at < blocks; at += 4) {
    const block = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    hash = (Math.imul(rotate(hash ^ scrambled(block), 13), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= blocks; at--) tail = (tail << 8) | bytes[at];
  if (bytes.length > blocks) hash ^= scrambled(tail);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
