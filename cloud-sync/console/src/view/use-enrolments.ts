import { useEffect, useRef, useState } from "react";
import { followEnrolments } from "../api/live-enrolments.js";
import { type Enrolment, Enrolments } from "../api/schemas.js";
import { takeNews } from "../state/enrolments.js";
import { useHq } from "./hq.js";
import { type Loaded, useLoad } from "./use-load.js";

export interface LiveEnrolments extends Omit<Loaded<readonly Enrolment[]>, "data"> {
  readonly enrolments: readonly Enrolment[] | undefined;
  /** Whether changes are told as they happen. */
  readonly live: boolean;
  readonly take: (news: readonly Enrolment[]) => void;
}

/** Enrolments that a query finds, and news of those that `wanted` takes, for as long as the component lives. */
export function useEnrolments(query: string, wanted: (one: Enrolment) => boolean): LiveEnrolments {
  const { client } = useHq();
  const [news, setNews] = useState<readonly Enrolment[]>([]);
  const [live, setLive] = useState(false);
  const filter = useRef(wanted);
  filter.current = wanted;
  const loaded = useLoad(
    async (signal) => (await client.get(`/api/enrolments?limit=500&${query}`, Enrolments, signal)).enrolments,
    query,
  );
  const { reload } = loaded;
  useEffect(() => {
    const stop = new AbortController();
    followEnrolments(
      ({ type, enrolments }) => {
        setNews((list) => takeNews(list, enrolments));
        // What ended while nobody listened is in no snapshot.
        if (type === "snapshot") reload();
      },
      setLive,
      stop.signal,
    );
    return () => stop.abort();
  }, [reload]);
  const take = (more: readonly Enrolment[]) => setNews((list) => takeNews(list, more));
  const { data } = loaded;
  const enrolments = data && takeNews(data, news).filter((one) => filter.current(one));
  return { enrolments, error: loaded.error, loading: loaded.loading, reload, live, take };
}
