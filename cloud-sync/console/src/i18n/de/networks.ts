import type { Strings } from "../index.js";

export const networks: Strings["networks"] = {
  title: "Netze für Kassen",
  hint: "Kassen bringen eigene Netze mit. Was hier hinzugefügt wird, kann ein Rollout ihnen bringen.",
  none: "Noch keines hinzugefügt",
  noneYet: "Noch keines hinzugefügt. Bitte zuerst auf der Seite Rollouts hinzufügen.",
  kinds: { detector: "findet Ware", print: "erkennt Bilder von Ware" },
  licence: (name) => `Lizenz ${name}`,
  drop: "Netz hinzufügen: beide Dateien hierher ziehen oder klicken",
  dropHint: "Das Manifest (.json) und die Gewichte (.onnx). Beide werden gegeneinander geprüft.",
  incomplete: "Es braucht zwei Dateien zusammen: ein Manifest (.json) und ein Netz (.onnx).",
  added: (id) => `${id} kann jetzt ausgerollt werden`,
};
