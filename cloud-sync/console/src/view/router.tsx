import { type ComponentProps, createContext, type MouseEvent, useContext, useEffect, useState } from "react";
import { type Route, routeOf } from "../state/route.js";

export interface Router {
  readonly route: Route;
  readonly go: (path: string, replace?: boolean) => void;
  /** Asks before the page is left. @returns what ends that */
  readonly hold: (ask: () => boolean) => () => void;
  /** Nothing is asked any more: what was entered is saved, or gone on purpose. */
  readonly release: () => void;
}

export const RouterContext = createContext<Router | null>(null);

export function useRouter(): Router {
  const router = useContext(RouterContext);
  if (!router) throw new TypeError("useRouter belongs inside RouterContext");
  return router;
}

const here = (): Route => routeOf(location.pathname, location.search);

/** The browser's address as the page's state. */
export function useBrowserRoute(): Router {
  const [route, setRoute] = useState(here);
  const [tools] = useState(() => {
    const asks = new Set<() => boolean>();
    let path = location.pathname + location.search;
    const take = () => {
      asks.clear();
      path = location.pathname + location.search;
      setRoute(here());
    };
    const mayLeave = () => [...asks].every((ask) => ask());
    return {
      onPop: () => (mayLeave() ? take() : history.pushState(null, "", path)),
      go: (next: string, replace = false) => {
        if (!mayLeave()) return;
        history[replace ? "replaceState" : "pushState"](null, "", next);
        take();
        if (!replace) window.scrollTo(0, 0);
      },
      hold: (ask: () => boolean) => {
        asks.add(ask);
        return () => asks.delete(ask);
      },
      release: () => asks.clear(),
    };
  });
  useEffect(() => {
    addEventListener("popstate", tools.onPop);
    return () => removeEventListener("popstate", tools.onPop);
  }, [tools]);
  return { route, go: tools.go, hold: tools.hold, release: tools.release };
}

/** Asks before what was entered is left behind. */
export function useUnsaved(dirty: boolean, question: string): void {
  const { hold } = useRouter();
  useEffect(() => {
    if (!dirty) return;
    const end = hold(() => confirm(question));
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", onUnload);
    return () => {
      end();
      removeEventListener("beforeunload", onUnload);
    };
  }, [dirty, question, hold]);
}

/** A link within the console; with a modifier key the browser does as ever. */
export function Link({ href, onClick, ...rest }: ComponentProps<"a"> & { href: string }) {
  const { go } = useRouter();
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return <a {...rest} href={href} onClick={follow} />;
}
