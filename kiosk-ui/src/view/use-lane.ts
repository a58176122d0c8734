import type { BasketAction } from "@tillsight/contracts";
import { useEffect, useMemo, useReducer, useRef } from "react";
import type { Locale } from "../i18n/index.js";
import { LaneLink } from "../lane/lane-link.js";
import { shownState } from "../state/in-language.js";
import { reduce } from "../state/reduce.js";
import { firstState, type UiEvent, type UiState } from "../state/ui-state.js";

export interface Lane {
  readonly state: UiState;
  readonly dispatch: (event: UiEvent) => void;
  /** Asks the lane; the answer arrives as an event. */
  readonly act: (action: BasketAction) => void;
  readonly unlock: (pin: string) => void;
}

const socketUrl = (): string => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;

let asked = 0;
/** Unique within this page; `crypto.randomUUID` exists on secure origins only, which a lane's address is not. */
const newRequestId = (): string => `${Date.now().toString(36)}-${asked++}`;

/** The page's connection to the lane it was loaded from, for as long as the component lives. */
export function useLane(homeLocale: Locale): Lane {
  const [state, dispatch] = useReducer(reduce, homeLocale, firstState);
  const link = useRef<LaneLink | null>(null);

  useEffect(() => {
    const made = new LaneLink(socketUrl(), {
      onLinked: () => dispatch({ type: "linked" }),
      onUnlinked: () => dispatch({ type: "unlinked" }),
      onMessage: (message) => dispatch({ type: "server", message }),
    });
    link.current = made;
    made.start();
    return () => made.stop();
  }, []);

  useEffect(() => {
    if (state.outOfStep) link.current?.restart();
  }, [state.outOfStep]);

  const pin = useRef(state.attendantPin);
  pin.current = state.attendantPin;

  return useMemo(() => {
    const act = (action: BasketAction) => {
      const requestId = newRequestId();
      dispatch({ type: "asked", requestId, request: { kind: "action", action } });
      const attendant = pin.current ? { attendantPin: pin.current } : {};
      link.current?.send({ type: "action", requestId, action, ...attendant });
    };
    const unlock = (attendantPin: string) => {
      const requestId = newRequestId();
      dispatch({ type: "asked", requestId, request: { kind: "unlock", pin: attendantPin } });
      link.current?.send({ type: "unlock", requestId, attendantPin });
    };
    return { state: shownState(state), dispatch, act, unlock };
  }, [state]);
}
