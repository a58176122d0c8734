import { endsSession } from "../api/client.js";
import { RefusedError } from "../api/problem.js";
import type { SessionKeeper } from "../api/session-keeper.js";

/** Does it, and once more when the session had ended and somebody signed in again. */
export async function renewing<T>(keeper: SessionKeeper, work: () => Promise<T>): Promise<T> {
  return work().catch(async (error: unknown) => {
    if (!(error instanceof RefusedError) || !endsSession(error)) throw error;
    await keeper.renew();
    return work();
  });
}
