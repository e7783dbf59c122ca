/** "1,204 keys". */
export const keysText = (count: number): string =>
  `${count.toLocaleString("en")} ${count === 1 ? "key" : "keys"}`;
