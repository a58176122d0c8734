/** What is wrong with this Node, or undefined. Versions as in process.versions.node. */
export function nodeProblem(have, minimum) {
  const [a, b] = [have, minimum].map((text) => text.split(".").map((part) => Number.parseInt(part, 10)));
  for (let at = 0; at < b.length; at++) {
    if ((a[at] ?? 0) > b[at]) return undefined;
    if ((a[at] ?? 0) < b[at]) return `Node ${have} is too old: Tillsight needs ${minimum} or newer`;
  }
  return undefined;
}
