/** A figure of the issue against what was measured. */
export interface Target {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  /** Undefined where it was not measured in this run. */
  readonly met: boolean | undefined;
}

export interface Plot {
  /** File name in docs/images. */
  readonly file: string;
  readonly svg: string;
  readonly alt: string;
}

/** One part of the page. */
export interface PageSection {
  readonly name: string;
  readonly title: string;
  readonly targets: readonly Target[];
  /** Markdown below the title. */
  readonly text: string;
  readonly plots: readonly Plot[];
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}
