/** The blocks into which a symmetric matrix falls apart: lists of ascending indices, none connected to another's. */
export function components(dimension: number, connected: (i: number, j: number) => boolean): number[][] {
  const seen = new Uint8Array(dimension);
  const blocks: number[][] = [];
  for (let first = 0; first < dimension; first++) {
    if (seen[first] === 1) continue;
    seen[first] = 1;
    const block = [first];
    for (let next = 0; next < block.length; next++) {
      for (let j = 0; j < dimension; j++) {
        if (seen[j] === 1 || !connected(block[next], j)) continue;
        seen[j] = 1;
        block.push(j);
      }
    }
    blocks.push(block.sort((a, b) => a - b));
  }
  return blocks;
}
