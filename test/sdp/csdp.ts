import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SemidefiniteProgramme } from '../../src/sdp/semidefinite-programme.js';

/** Whether Debian's coinor-csdp is installed. */
export const csdpInstalled = spawnSync('csdp').error === undefined;

/** The optimal value of a programme by CSDP: slacks and split free variables join as a diagonal block. */
export function csdpValue({ order, free, objective, constraints }: SemidefiniteProgramme): number {
  const inequalities = constraints.flatMap(({ sense }, k) => (sense === 'at most' ? [k] : []));
  const diagonal = 2 * free + inequalities.length;
  const lines = [
    String(constraints.length),
    String(diagonal === 0 ? 1 : 2),
    diagonal === 0 ? String(order) : `${order} -${diagonal}`,
    constraints.map(({ bound }) => bound).join(' '),
  ];
  const block = (k: number, { matrix, free: vector }: SemidefiniteProgramme['objective']): void => {
    matrix.values.forEach((value, e) => lines.push(`${k} 1 ${matrix.columns[e] + 1} ${matrix.rows[e] + 1} ${value}`));
    vector.values.forEach((value, e) => {
      const place = 2 * vector.indices[e] + 1;
      lines.push(`${k} 2 ${place} ${place} ${value}`, `${k} 2 ${place + 1} ${place + 1} ${-value}`);
    });
  };
  block(0, objective);
  constraints.forEach((constraint, k) => {
    block(k + 1, constraint);
    const slack = inequalities.indexOf(k);
    if (slack >= 0) lines.push(`${k + 1} 2 ${2 * free + slack + 1} ${2 * free + slack + 1} 1`);
  });
  const folder = mkdtempSync(join(tmpdir(), 'csdp-'));
  try {
    writeFileSync(join(folder, 'problem.dat-s'), `${lines.join('\n')}\n`);
    const { stdout } = spawnSync('csdp', ['problem.dat-s', 'solution'], { cwd: folder, encoding: 'utf8' });
    const found = /Primal objective value:\s*(\S+)/.exec(stdout);
    if (found === null) throw new Error(`csdp did not solve: ${stdout}`);
    return Number(found[1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
