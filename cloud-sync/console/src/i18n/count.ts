/** "1 lane", "2 lanes". */
export const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
