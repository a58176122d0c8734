import { describeError, TillsightError } from "./errors.js";

/** What a check found. `fix` says what to do about a warning or a failure. */
export interface Finding {
  readonly check: string;
  readonly state: "ok" | "warning" | "failure";
  readonly detail: string;
  readonly fix?: string;
}

/** Looks at one thing; what it throws is a failure. */
export interface Check<Context> {
  readonly name: string;
  readonly run: (context: Context) => Promise<Omit<Finding, "check">>;
}

/** Runs every check, also after a failure; a check that throws is a failure with its reason. */
export async function examine<Context>(
  context: Context,
  checks: readonly Check<Context>[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, run } of checks) {
    try {
      findings.push({ check: name, ...(await run(context)) });
    } catch (error) {
      const ours = error instanceof TillsightError;
      findings.push({
        ...{ check: name, state: "failure", detail: ours ? error.message : describeError(error) },
        fix: ours ? error.fix : "See the message; --help lists the settings.",
      });
    }
  }
  return findings;
}

const marks = { ok: "ok  ", warning: "warn", failure: "FAIL" } as const;

/** One line a finding, the fix indented below. */
export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map((f) => f.check.length));
  return findings
    .flatMap((f) => [
      `${marks[f.state]}  ${f.check.padEnd(width)}  ${f.detail}`,
      ...(f.fix ? [`${" ".repeat(width + 8)}-> ${f.fix}`] : []),
    ])
    .join("\n");
}
