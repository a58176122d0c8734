import type { LaneNotice } from "@tillsight/contracts";
import type { LaneControl } from "@tillsight/edge-daemon";

/** What passes within this time is not worth a line, such as an empty catalog before the first sync. */
const lastingMs = 1500;

/** What began and what is over between two sets of notices, as lines for a terminal. */
export function noticeLines(before: ReadonlyMap<string, LaneNotice>, now: readonly LaneNotice[]): string[] {
  const codes = new Set(now.map((notice) => notice.code));
  const began = now.filter((notice) => !before.has(notice.code));
  const over = [...before.keys()].filter((code) => !codes.has(code));
  return [
    ...began.map(({ code, text, fix }) => `  ! ${code}: ${/[.!?]$/.test(text) ? text : `${text}.`} ${fix}`),
    ...over.map((code) => `  ! ${code} is over`),
  ];
}

/** Says each of the lane's notices when it has lasted a moment, and when it is over. @returns ends it */
export function tellNotices(
  lane: Pick<LaneControl, "view" | "onChange">,
  say: (line: string) => void,
): () => void {
  let told: ReadonlyMap<string, LaneNotice> = new Map();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (): void => {
    const { notices } = lane.view();
    for (const line of noticeLines(told, notices)) say(line);
    told = new Map(notices.map((notice) => [notice.code, notice]));
  };
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(tell, lastingMs);
  };
  const unsubscribe = lane.onChange((change) => change.type === "notices" && wait());
  wait();
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
}
