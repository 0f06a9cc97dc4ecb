/**
 * Reverse-mode differentiation of float64 matrices, written for plainness: the independent arithmetic that the tensor
 * engine is checked against. Nothing here is shared with src.
 */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Row-major. */
  readonly data: Float64Array;
  readonly gradient: Float64Array;
}

/** Records operations, so that `backward` can run them in reverse. */
export class Tape {
  private readonly steps: (() => void)[] = [];

  /** Fills every matrix's gradient with the derivative of a 1 × 1 output. */
  backward(output: Matrix): void {
    output.gradient[0] = 1;
    for (const step of [...this.steps].reverse()) step();
  }

  /** f(row, column) of a new matrix, and what to do with its gradient. */
  private record(
    rows: number,
    columns: number,
    value: (row: number, column: number) => number,
    back: (row: number, column: number, gradient: number) => void,
  ): Matrix {
    const result = matrix(rows, columns, new Float64Array(rows * columns));
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result.data[i * columns + j] = value(i, j);
    this.steps.push(() => {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const gradient = result.gradient[i * columns + j];
          if (gradient !== 0) back(i, j, gradient);
        }
      }
    });
    return result;
  }

  /** a · bᵀ: rows of a through a linear map stored as [out, in]. */
  timesTransposed(a: Matrix, b: Matrix): Matrix {
    const n = a.columns;
    return this.record(
      a.rows,
      b.rows,
      (i, j) => {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += a.data[i * n + k] * b.data[j * n + k];
        return sum;
      },
      (i, j, gradient) => {
        for (let k = 0; k < n; k++) {
          a.gradient[i * n + k] += gradient * b.data[j * n + k];
          b.gradient[j * n + k] += gradient * a.data[i * n + k];
        }
      },
    );
  }

  times(a: Matrix, b: Matrix): Matrix {
    return this.timesTransposed(a, this.transposed(b));
  }

  transposed(a: Matrix): Matrix {
    return this.record(
      a.columns,
      a.rows,
      (i, j) => a.data[j * a.columns + i],
      (i, j, gradient) => (a.gradient[j * a.columns + i] += gradient),
    );
  }

  /** Elementwise; a b of one row is added to every row. */
  plus(a: Matrix, b: Matrix): Matrix {
    const at = (i: number, j: number): number => (b.rows === 1 ? 0 : i) * b.columns + j;
    return this.record(
      a.rows,
      a.columns,
      (i, j) => a.data[i * a.columns + j] + b.data[at(i, j)],
      (i, j, gradient) => {
        a.gradient[i * a.columns + j] += gradient;
        b.gradient[at(i, j)] += gradient;
      },
    );
  }

  /** Elementwise; a b of one row multiplies every row. */
  product(a: Matrix, b: Matrix): Matrix {
    const at = (i: number, j: number): number => (b.rows === 1 ? 0 : i) * b.columns + j;
    return this.record(
      a.rows,
      a.columns,
      (i, j) => a.data[i * a.columns + j] * b.data[at(i, j)],
      (i, j, gradient) => {
        a.gradient[i * a.columns + j] += gradient * b.data[at(i, j)];
        b.gradient[at(i, j)] += gradient * a.data[i * a.columns + j];
      },
    );
  }

  /** Elementwise, from a function and its derivative. */
  map(a: Matrix, f: (x: number) => number, derivative: (x: number) => number): Matrix {
    return this.record(
      a.rows,
      a.columns,
      (i, j) => f(a.data[i * a.columns + j]),
      (i, j, gradient) => (a.gradient[i * a.columns + j] += gradient * derivative(a.data[i * a.columns + j])),
    );
  }

  scaled(a: Matrix, factor: number): Matrix {
    return this.map(
      a,
      (x) => factor * x,
      () => factor,
    );
  }

  /** Columns begin … begin + count − 1. */
  columnsOf(a: Matrix, begin: number, count: number): Matrix {
    return this.record(
      a.rows,
      count,
      (i, j) => a.data[i * a.columns + begin + j],
      (i, j, gradient) => (a.gradient[i * a.columns + begin + j] += gradient),
    );
  }

  beside(parts: readonly Matrix[]): Matrix {
    const place = parts.flatMap((part) => Array.from({ length: part.columns }, (_, column) => ({ part, column })));
    return this.record(
      parts[0].rows,
      place.length,
      (i, j) => place[j].part.data[i * place[j].part.columns + place[j].column],
      (i, j, gradient) => (place[j].part.gradient[i * place[j].part.columns + place[j].column] += gradient),
    );
  }

  /** Rows of a table by index. */
  rowsOf(table: Matrix, indices: readonly number[]): Matrix {
    return this.record(
      indices.length,
      table.columns,
      (i, j) => table.data[indices[i] * table.columns + j],
      (i, j, gradient) => (table.gradient[indices[i] * table.columns + j] += gradient),
    );
  }

  /** Row i turned by the angle of position i: coordinate j with j + half among the first 2 · half, the rest kept. */
  rotated(a: Matrix, frequencies: readonly number[]): Matrix {
    const half = frequencies.length;
    const turn = (i: number, j: number): { partner: number; cosine: number; sine: number } => {
      const angle = j < 2 * half ? i * frequencies[j % half] : 0;
      const partner = j < half ? j + half : j < 2 * half ? j - half : j;
      return { partner, cosine: Math.cos(angle), sine: (j < half ? -1 : 1) * Math.sin(angle) };
    };
    return this.record(
      a.rows,
      a.columns,
      (i, j) => {
        const { partner, cosine, sine } = turn(i, j);
        return a.data[i * a.columns + j] * cosine + a.data[i * a.columns + partner] * sine;
      },
      (i, j, gradient) => {
        const { partner, cosine, sine } = turn(i, j);
        a.gradient[i * a.columns + j] += gradient * cosine;
        a.gradient[i * a.columns + partner] += gradient * sine;
      },
    );
  }

  /** log softmax of each row over its columns from `from(row)` to before `reach(row)`; the others are −∞. */
  logSoftmax(
    a: Matrix,
    reach: (row: number) => number = () => a.columns,
    from: (row: number) => number = () => 0,
  ): Matrix {
    const normaliser = Array.from({ length: a.rows }, (_, i) => {
      const row = a.data.subarray(i * a.columns + from(i), i * a.columns + reach(i));
      const largest = Math.max(...row);
      return largest + Math.log(row.reduce((sum, x) => sum + Math.exp(x - largest), 0));
    });
    return this.record(
      a.rows,
      a.columns,
      (i, j) => (from(i) <= j && j < reach(i) ? a.data[i * a.columns + j] - normaliser[i] : -Infinity),
      (i, j, gradient) => {
        if (j < from(i) || j >= reach(i)) return;
        for (let k = from(i); k < reach(i); k++) {
          const probability = Math.exp(a.data[i * a.columns + k] - normaliser[i]);
          a.gradient[i * a.columns + k] += gradient * ((k === j ? 1 : 0) - probability);
        }
      },
    );
  }

  exponential(a: Matrix): Matrix {
    return this.map(a, Math.exp, Math.exp);
  }

  /** Each row minus its mean. */
  centred(a: Matrix): Matrix {
    const average = matrix(a.columns, a.columns, new Float64Array(a.columns ** 2).fill(-1 / a.columns));
    return this.plus(a, this.times(a, average));
  }

  /** Each row divided by sqrt(its mean square + epsilon). */
  normalised(a: Matrix, epsilon: number): Matrix {
    const ones = matrix(a.columns, a.columns, new Float64Array(a.columns ** 2).fill(1 / a.columns));
    const meanSquare = this.times(this.product(a, a), ones);
    const inverse = this.map(
      meanSquare,
      (x) => (x + epsilon) ** -0.5,
      (x) => -0.5 * (x + epsilon) ** -1.5,
    );
    return this.product(a, inverse);
  }

  /** The sum of the entries at (rows[i], columns[i]), 1 × 1. */
  sumAt(a: Matrix, rows: readonly number[], columns: readonly number[]): Matrix {
    return this.record(
      1,
      1,
      () => rows.reduce((sum, row, i) => sum + a.data[row * a.columns + columns[i]], 0),
      (_, __, gradient) => {
        rows.forEach((row, i) => (a.gradient[row * a.columns + columns[i]] += gradient));
      },
    );
  }
}

export function matrix(rows: number, columns: number, data: Float64Array): Matrix {
  return { rows, columns, data, gradient: new Float64Array(data.length) };
}
