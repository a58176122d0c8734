/** Asks at most this often; a camera's 15 frames a second are every 66 ms. */
const askEveryMs = 60;
/** A lane that does not answer for this long shows no picture rather than an old one. */
const answerWithinMs = 3000;
const retryAfterMs = 500;

/** Ends early, without an error, when `signal` aborts. */
const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener("abort", wake);
  });

async function ask(tag: string | null, signal: AbortSignal): Promise<Response | null> {
  // Not AbortSignal.any, which Chromium before 116 lacks: kiosks live long.
  const request = new AbortController();
  const giveUp = () => request.abort();
  const timer = setTimeout(giveUp, answerWithinMs);
  signal.addEventListener("abort", giveUp);
  try {
    const headers: HeadersInit = tag ? { "if-none-match": tag } : {};
    return await fetch("/tray.jpg", { headers, cache: "no-store", signal: request.signal });
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
  }
}

/**
 * Fetches the newest picture of the tray again and again until `signal` aborts. Unlike an <img> of the MJPEG
 * stream, which shows its last part for ever, this knows when there is nothing live to show.
 * @param show gets each new picture, which it then owns; null: take the last one off the screen
 */
export async function followPicture(
  show: (picture: ImageBitmap | null) => void,
  signal: AbortSignal,
): Promise<void> {
  let tag: string | null = null;
  while (!signal.aborted) {
    const response = await ask(tag, signal);
    const fresh = response?.ok ? await bitmapOf(response) : null;
    if (signal.aborted) break;
    if (response?.status === 304) {
      await sleep(askEveryMs, signal);
      continue;
    }
    show(fresh);
    tag = fresh ? (response?.headers.get("etag") ?? null) : null;
    await sleep(fresh ? askEveryMs : retryAfterMs, signal);
  }
  show(null);
}

async function bitmapOf(response: Response): Promise<ImageBitmap | null> {
  try {
    return await createImageBitmap(await response.blob());
  } catch {
    return null;
  }
}
