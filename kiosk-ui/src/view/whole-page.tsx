import type { Screen } from "../state/screen.js";
import { Icon, type IconName } from "./icon.js";
import { useUi } from "./lane-context.js";

type Whole = Exclude<Screen, "shopping" | "paying">;

/** One calm message that fills the page. */
export function WholePage({ screen }: { screen: Whole }) {
  const { state, t, price } = useUi();
  const texts: Record<Whole, { icon: IconName | null; title: string; hint: string }> = {
    connecting: { icon: null, title: t.connectingTitle, hint: "" },
    lost: { icon: null, title: t.lostTitle, hint: t.lostHint },
    done: { icon: "check", title: t.doneTitle, hint: t.doneHint },
    cancelled: { icon: "close", title: t.cancelledTitle, hint: t.cancelledHint },
    suspended: { icon: "pause", title: t.suspendedTitle, hint: t.suspendedHint },
  };
  const { icon, title, hint } = texts[screen];
  return (
    <section className="whole" role="status" data-screen={screen}>
      {icon ? (
        <span className="whole-mark">
          <Icon name={icon} />
        </span>
      ) : (
        <span className="spinner" />
      )}
      <h1>{title}</h1>
      {screen === "done" && state.view && <p className="whole-total">{price(state.view.basket.total)}</p>}
      <p>{hint}</p>
    </section>
  );
}
