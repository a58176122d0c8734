import { Command, type Terminal } from "../../api/schemas.js";
import { useHq } from "../hq.js";
import { useTask } from "../use-task.js";
import { Ago, Picture } from "./bits.js";
import { Icon } from "./icon.js";
import { ProblemNotice } from "./notice.js";
import { Card } from "./page.js";

interface Props {
  readonly path: string;
  readonly lane: Terminal;
  readonly commands: readonly Command[];
  readonly onSent: () => void;
}

/** The tray as it was when somebody asked: it may show people, so it is asked for and never taken by itself. */
export function LanePicture({ path, lane, commands, onSent }: Props) {
  const { t, client, locale, mayEdit, mayRule } = useHq();
  const task = useTask();
  const waiting = commands.some(({ command, state }) => command.do === "picture" && state === "waiting");
  const ask = () =>
    task.run(async () => {
      const body = { command: { do: "picture" }, seconds: 60 };
      await client.ask("POST", `${path}/commands`, { schema: Command, body });
      onSent();
    });
  return (
    <Card
      title={t.fleet.pictureTitle}
      tools={
        mayRule && (
          <button type="button" className="button" disabled={task.busy || waiting} onClick={() => void ask()}>
            <Icon name="picture" />
            {waiting ? t.fleet.pictureComing : t.fleet.askPicture}
          </button>
        )
      }
    >
      <ProblemNotice t={t} error={task.error} />
      {!mayEdit ? (
        <p className="hint">{t.fleet.pictureForEditors}</p>
      ) : lane.pictureAt ? (
        <figure className="lane-picture">
          <Picture
            src={`${path}/picture?at=${encodeURIComponent(lane.pictureAt)}`}
            alt={t.fleet.pictureAlt}
            size={1600}
          />
          <figcaption className="hint">
            <Ago at={lane.pictureAt} locale={locale} />
          </figcaption>
        </figure>
      ) : (
        <p className="hint">{t.fleet.noPicture}</p>
      )}
    </Card>
  );
}
