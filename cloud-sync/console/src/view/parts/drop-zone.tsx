import { type DragEvent, type ReactNode, useId, useState } from "react";
import { photoTypes } from "../../state/photo-names.js";
import { Icon, type IconName } from "./icon.js";

interface Props {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly accept?: string;
  readonly multiple?: boolean;
  readonly icon?: IconName;
  readonly onFiles: (files: readonly File[]) => void;
}

/** Files by drag and drop, by the file dialog, or from the clipboard; the whole area is the input's label. */
export function DropZone({
  label,
  hint,
  accept = photoTypes.join(","),
  multiple = true,
  icon = "picture",
  onFiles,
}: Props) {
  const id = useId();
  const [over, setOver] = useState(false);
  const take = (list: FileList | null | undefined) => {
    const files = [...(list ?? [])];
    if (files.length > 0) onFiles(files);
  };
  const drag = (event: DragEvent, inside: boolean) => {
    event.preventDefault();
    setOver(inside);
  };
  return (
    <label
      className="drop"
      data-over={over}
      htmlFor={id}
      onDragOver={(event) => drag(event, true)}
      onDragEnter={(event) => drag(event, true)}
      onDragLeave={(event) => drag(event, false)}
      onDrop={(event) => {
        drag(event, false);
        take(event.dataTransfer.files);
      }}
      onPaste={(event) => take(event.clipboardData.files)}
    >
      <Icon name={icon} />
      <strong>{label}</strong>
      {hint && <span className="hint">{hint}</span>}
      <input
        id={id}
        type="file"
        className="unseen"
        accept={accept}
        multiple={multiple}
        onChange={(event) => {
          take(event.target.files);
          // The same file chosen again is news again.
          event.target.value = "";
        }}
      />
    </label>
  );
}
