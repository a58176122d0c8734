import type { CSSProperties } from "react";
import { itemLook } from "../state/item-look.js";
import { pictureWanted } from "../state/screen.js";
import { Icon } from "./icon.js";
import { useUi } from "./lane-context.js";
import { sentence } from "./sentence.js";
import { TrayBox } from "./tray-box.js";
import { usePicture } from "./use-picture.js";

function CameraFault() {
  const { state, t } = useUi();
  const notice = state.view?.notices.find((n) => n.code.startsWith("CAMERA"));
  return (
    <div className="tray-message" role="alert">
      <Icon name="cameraOff" />
      <h2>{t.cameraFault}</h2>
      <p>{t.cameraFaultHint}</p>
      {notice && <p className="technical">{`${notice.code}: ${sentence(notice.text)} ${notice.fix}`}</p>}
    </div>
  );
}

/** The live tray with what was recognised drawn over it; a message instead while there is no live picture. */
export function TrayPane() {
  const { state, t } = useUi();
  const wanted = pictureWanted(state);
  const { canvas, shown } = usePicture(wanted);
  const view = state.view;
  if (!view) return null;
  const { tray, basket } = view;
  const size = { "--tray-w": tray.width || 4, "--tray-h": tray.height || 3 } as CSSProperties;
  const empty = tray.items.length === 0 && basket.lines.length === 0;
  return (
    <section className="tray" data-phase={tray.phase} style={size}>
      {tray.phase === "cameraFault" && <CameraFault />}
      <div className="tray-frame" hidden={!wanted}>
        <canvas ref={canvas} role="img" aria-label={t.trayLabel(tray.items.length)} hidden={!shown} />
        {!shown && <p className="tray-waiting">{t.noPicture}</p>}
        {shown &&
          tray.items.map((item) => (
            <TrayBox
              key={item.id}
              box={item.box}
              tray={tray}
              look={itemLook(item, basket.lines, state.cards)}
              barcode={item.decision.kind === "matched" && item.decision.by === "barcode"}
            />
          ))}
        {shown && empty && tray.phase === "settled" && (
          <div className="tray-welcome">
            <h2>{t.welcome}</h2>
            <p>{t.welcomeHint}</p>
          </div>
        )}
        <p className="tray-wait" aria-live="polite" data-on={tray.phase === "moving"}>
          {tray.phase === "moving" && (
            <>
              <Icon name="hand" />
              {t.wait}
            </>
          )}
        </p>
      </div>
    </section>
  );
}
