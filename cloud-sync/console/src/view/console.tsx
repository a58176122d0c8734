import { useMemo } from "react";
import { Stores } from "../api/schemas.js";
import type { SessionKeeper, SessionState } from "../api/session-keeper.js";
import { type Locale, languages } from "../i18n/index.js";
import type { Page } from "../state/route.js";
import { type Hq, HqContext } from "./hq.js";
import { FilesPage } from "./pages/files.js";
import { FleetPage } from "./pages/fleet.js";
import { HistoryPage } from "./pages/history.js";
import { PeoplePage } from "./pages/people.js";
import { PhotosPage } from "./pages/photos.js";
import { PricesPage } from "./pages/prices.js";
import { ProductPage } from "./pages/product.js";
import { ProductsPage } from "./pages/products.js";
import { ReviewPage } from "./pages/review.js";
import { RolloutPage } from "./pages/rollout.js";
import { RolloutsPage } from "./pages/rollouts.js";
import { SignInForm } from "./pages/sign-in.js";
import { TerminalPage } from "./pages/terminal.js";
import { Dialog } from "./parts/dialog.js";
import { Toasts, useToasts } from "./parts/toasts.js";
import { useRouter } from "./router.js";
import { Shell } from "./shell.js";
import { useLoad } from "./use-load.js";

interface Props {
  readonly keeper: SessionKeeper;
  readonly state: Extract<SessionState, { is: "open" | "lost" }>;
  readonly locale: Locale;
  readonly setLocale: (locale: Locale) => void;
}

/** The console of somebody who is signed in. When the session ends, the page stays as it is behind the question. */
export function Console({ keeper, state, locale, setLocale }: Props) {
  const t = languages[locale];
  const { session } = state;
  const { toasts, say, drop } = useToasts();
  const { data, reload } = useLoad(
    async (signal) => (await keeper.client.get("/api/stores", Stores, signal)).stores,
    "stores",
  );
  const hq = useMemo<Hq>(
    () => ({
      ...{ t, locale, setLocale, keeper, session, say, stores: data ?? [], reloadStores: reload },
      mayEdit: session.user.role !== "viewer",
      mayRule: session.user.role === "admin",
    }),
    [t, locale, setLocale, keeper, session, say, data, reload],
  );
  return (
    <HqContext value={hq}>
      <Shell>
        <CurrentPage />
      </Shell>
      <Toasts t={t} toasts={toasts} drop={drop} />
      {state.is === "lost" && (
        <Dialog title={t.session.againTitle} closeText={t.common.close}>
          <p>{t.session.againHint}</p>
          <SignInForm t={t} keeper={keeper} name={session.user.name} />
          <button type="button" className="button quiet" onClick={() => keeper.giveUp()}>
            {t.session.leave}
          </button>
        </Dialog>
      )}
    </HqContext>
  );
}

function CurrentPage() {
  const { route } = useRouter();
  const [first, second] = route.rest;
  const page = route.page === "setup" ? "products" : route.page;
  const inner: Record<Page, () => React.JSX.Element> = {
    products: () => (first === undefined ? <ProductsPage /> : <ProductPage key={first} sku={first} />),
    prices: () => <PricesPage />,
    photos: () => <PhotosPage key={first ?? ""} sku={first ?? null} />,
    review: () => <ReviewPage />,
    fleet: () =>
      first !== undefined && second !== undefined ? (
        <TerminalPage key={`${first}/${second}`} store={first} terminal={second} />
      ) : (
        <FleetPage />
      ),
    rollouts: () => (first === undefined ? <RolloutsPage /> : <RolloutPage key={first} id={first} />),
    files: () => <FilesPage />,
    history: () => <HistoryPage />,
    people: () => <PeoplePage />,
  };
  return inner[page]();
}
