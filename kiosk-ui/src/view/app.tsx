import { useEffect } from "react";
import type { Locale } from "../i18n/index.js";
import { screenOf } from "../state/screen.js";
import { BasketPane } from "./basket-pane.js";
import { Dialogs } from "./dialogs.js";
import { Header } from "./header.js";
import { LaneContext } from "./lane-context.js";
import { PayingPane } from "./paying-pane.js";
import { TillPane } from "./till-pane.js";
import { TrayPane } from "./tray-pane.js";
import { useLane } from "./use-lane.js";
import { useTill } from "./use-till.js";
import { WholePage } from "./whole-page.js";

export function App({ homeLocale }: { homeLocale: Locale }) {
  const lane = useLane(homeLocale);
  const { locale, view } = lane.state;
  const screen = screenOf(lane.state);
  const till = useTill(lane.state.link === "live");

  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const storeName = view?.storeName;
  useEffect(() => {
    if (storeName) document.title = storeName;
  }, [storeName]);

  return (
    <LaneContext value={lane}>
      <div className="page" data-screen={screen} data-demo={till !== null}>
        <Header demo={till !== null} />
        {screen === "shopping" || screen === "paying" ? (
          <main className="panes">
            <TrayPane />
            {screen === "paying" ? <PayingPane /> : <BasketPane />}
            {till && <TillPane lines={till} />}
          </main>
        ) : (
          <main className="panes">
            <WholePage screen={screen} />
            {till && <TillPane lines={till} />}
          </main>
        )}
      </div>
      <Dialogs />
    </LaneContext>
  );
}
