/**
 * Cheapest one-to-one assignment (Hungarian algorithm with potentials, O(rows² x columns)).
 * @param cost rows x columns; `Infinity` forbids a pair.
 * @returns for each row its column, or -1. As many rows as possible are assigned before cost counts.
 */
export function assign(cost: readonly (readonly number[])[]): number[] {
  const rows = cost.length;
  const width = cost[0]?.length ?? 0;
  if (rows === 0 || width === 0) return new Array(rows).fill(-1);
  const finite = cost.flat().filter(Number.isFinite);
  const forbidden = (Math.max(0, ...finite.map(Math.abs)) + 1) * (rows + width) * 4;
  // One spare column a row, so that leaving it alone is always possible.
  const columns = width + rows;
  const at = (r: number, c: number) => {
    const value = c < width ? (cost[r]?.[c] ?? Number.POSITIVE_INFINITY) : forbidden / 2;
    return Number.isFinite(value) ? value : forbidden;
  };
  const owner = solve(rows, columns, at);
  const result = new Array<number>(rows).fill(-1);
  for (let c = 0; c < width; c++) {
    const r = owner[c] ?? -1;
    if (r >= 0 && Number.isFinite(cost[r]?.[c] ?? Number.POSITIVE_INFINITY)) result[r] = c;
  }
  return result;
}

/** Owner row of each column, -1 where free; `rows` <= `columns`. Index 0 stands for "none" inside. */
function solve(rows: number, columns: number, at: (r: number, c: number) => number): number[] {
  const u = new Float64Array(rows + 1);
  const v = new Float64Array(columns + 1);
  const owner = new Int32Array(columns + 1);
  for (let r = 1; r <= rows; r++) {
    const from = new Int32Array(columns + 1);
    const least = new Float64Array(columns + 1).fill(Number.POSITIVE_INFINITY);
    const used = new Uint8Array(columns + 1);
    owner[0] = r;
    let column = 0;
    do {
      used[column] = 1;
      column = relax(column, columns, { u, v, owner, from, least, used }, at);
    } while (owner[column] !== 0);
    while (column !== 0) {
      const previous = from[column] ?? 0;
      owner[column] = owner[previous] ?? 0;
      column = previous;
    }
  }
  return Array.from(owner.subarray(1), (r) => r - 1);
}

interface Search {
  readonly u: Float64Array;
  readonly v: Float64Array;
  readonly owner: Int32Array;
  readonly from: Int32Array;
  readonly least: Float64Array;
  readonly used: Uint8Array;
}

/** One step of the shortest augmenting path: the next column to visit. */
function relax(column: number, columns: number, s: Search, at: (r: number, c: number) => number): number {
  const row = s.owner[column] ?? 0;
  let next = 0;
  let delta = Number.POSITIVE_INFINITY;
  for (let c = 1; c <= columns; c++) {
    if (s.used[c]) continue;
    const reduced = at(row - 1, c - 1) - (s.u[row] ?? 0) - (s.v[c] ?? 0);
    if (reduced < (s.least[c] ?? 0)) {
      s.least[c] = reduced;
      s.from[c] = column;
    }
    if ((s.least[c] ?? 0) < delta) {
      delta = s.least[c] ?? 0;
      next = c;
    }
  }
  for (let c = 0; c <= columns; c++) {
    if (s.used[c]) {
      const r = s.owner[c] ?? 0;
      s.u[r] = (s.u[r] ?? 0) + delta;
      s.v[c] = (s.v[c] ?? 0) - delta;
    } else s.least[c] = (s.least[c] ?? 0) - delta;
  }
  return next;
}
