export const networks = {
  title: "Networks for lanes",
  hint: "Lanes come with networks of their own. What is added here can be brought to them by a rollout.",
  none: "None was added yet",
  noneYet: "None was added yet. Add one on the page Rollouts first.",
  kinds: { detector: "finds goods", print: "tells pictures of goods" },
  licence: (name: string) => `Licence ${name}`,
  drop: "Add a network: drag its two files here, or click to choose",
  dropHint: "The manifest (.json) and the weights (.onnx). They are checked against each other.",
  incomplete: "It takes two files together: one manifest (.json) and one network (.onnx).",
  added: (id: string) => `${id} can be rolled out now`,
};
