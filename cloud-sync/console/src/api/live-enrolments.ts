import { reconnectDelay } from "@tillsight/look";
import type { z } from "zod";
import { LiveMessage } from "./schemas.js";

export type Live = z.infer<typeof LiveMessage>;

const socketUrl = (): string =>
  `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/enrolments/live`;

/**
 * Tells of every enrolment as it changes, until `signal` aborts; each connection begins with a snapshot of what is
 * not finished.
 */
export function followEnrolments(
  tell: (message: Live) => void,
  onLink: (up: boolean) => void,
  signal: AbortSignal,
): void {
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    const socket = new WebSocket(socketUrl());
    const end = () => socket.close();
    signal.addEventListener("abort", end, { once: true });
    socket.onmessage = ({ data }) => {
      const message = read(data);
      if (!message) return;
      failures = 0;
      onLink(true);
      tell(message);
    };
    socket.onclose = () => {
      signal.removeEventListener("abort", end);
      if (signal.aborted) return;
      onLink(false);
      timer = setTimeout(open, reconnectDelay(failures++, Math.random));
    };
  };
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  open();
}

function read(data: unknown): Live | null {
  try {
    return LiveMessage.safeParse(JSON.parse(String(data))).data ?? null;
  } catch {
    return null;
  }
}
