import { type ComponentProps, createContext, type MouseEvent, useContext, useEffect, useState } from "react";
import { type Route, routeOf } from "../state/route.js";

export interface Router {
  readonly route: Route;
  readonly go: (path: string, replace?: boolean) => void;
  /** What asks before the page is left; null: nothing holds. */
  readonly guard: (ask: (() => boolean) | null) => void;
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
  const [guard] = useState<{ ask: (() => boolean) | null; path: string }>(() => ({
    ask: null,
    path: location.pathname + location.search,
  }));
  const [{ go, setGuard }] = useState(() => {
    const take = () => {
      guard.path = location.pathname + location.search;
      setRoute(here());
    };
    return {
      take,
      setGuard: (ask: (() => boolean) | null) => {
        guard.ask = ask;
      },
      go: (path: string, replace = false) => {
        if (guard.ask && !guard.ask()) return;
        guard.ask = null;
        history[replace ? "replaceState" : "pushState"](null, "", path);
        take();
        if (!replace) window.scrollTo(0, 0);
      },
    };
  });
  useEffect(() => {
    const onPop = () => {
      if (guard.ask && !guard.ask()) return history.pushState(null, "", guard.path);
      guard.ask = null;
      guard.path = location.pathname + location.search;
      setRoute(here());
    };
    addEventListener("popstate", onPop);
    return () => removeEventListener("popstate", onPop);
  }, [guard]);
  return { route, go, guard: setGuard };
}

/** Asks before what was entered is left behind. */
export function useUnsaved(dirty: boolean, question: string): void {
  const { guard } = useRouter();
  useEffect(() => {
    if (!dirty) return guard(null);
    guard(() => confirm(question));
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", onUnload);
    return () => {
      guard(null);
      removeEventListener("beforeunload", onUnload);
    };
  }, [dirty, question, guard]);
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
