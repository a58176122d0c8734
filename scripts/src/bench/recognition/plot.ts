/** One line or row of dots in a plot; points in data units. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly style?: "line" | "dashed" | "dots";
}

export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  readonly log?: boolean;
  readonly format?: (value: number) => string;
}

export interface PlotOptions {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

const [WIDTH, HEIGHT] = [720, 400];
const AREA = { left: 64, right: 700, top: 44, bottom: 320 } as const;
/** Okabe and Ito's colours that are told apart on white and on black, also by the colour-blind. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
/** Letters and rules follow the reader's light or dark page. */
const STYLE =
  "text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600;font-size:15px}.grid{stroke:#8c959f55}.axis{stroke:#57606a}" +
  "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.axis{stroke:#9aa4ae}}";

const xml = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c);

const short = (n: number): string => String(Math.round(n * 10) / 10);

/** Maps an axis to pixels; what lies outside is moved to its end. */
function scale(axis: Axis, from: number, to: number): (value: number) => number {
  const at = (v: number) => (axis.log ? Math.log10(v) : v);
  return (value) => {
    const inside = Math.min(axis.to, Math.max(axis.from, value));
    return from + ((at(inside) - at(axis.from)) / (at(axis.to) - at(axis.from))) * (to - from);
  };
}

function frame({ title, x, y }: PlotOptions, px: (v: number) => number, py: (v: number) => number): string[] {
  const name = ({ format }: Axis, v: number) => xml(format?.(v) ?? String(v));
  const { left, right, top, bottom } = AREA;
  return [
    `<text class="title" x="${left}" y="24">${xml(title)}</text>`,
    ...y.ticks.flatMap((v) => [
      `<line class="grid" x1="${left}" x2="${right}" y1="${short(py(v))}" y2="${short(py(v))}"/>`,
      `<text x="${left - 8}" y="${short(py(v) + 4)}" text-anchor="end">${name(y, v)}</text>`,
    ]),
    ...x.ticks.flatMap((v) => [
      `<line class="grid" x1="${short(px(v))}" x2="${short(px(v))}" y1="${top}" y2="${bottom}"/>`,
      `<text x="${short(px(v))}" y="${bottom + 18}" text-anchor="middle">${name(x, v)}</text>`,
    ]),
    `<line class="axis" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`,
    `<line class="axis" x1="${left}" x2="${left}" y1="${top}" y2="${bottom}"/>`,
    `<text x="${(left + right) / 2}" y="${bottom + 38}" text-anchor="middle">${xml(x.label)}</text>`,
    `<text x="16" y="${(top + bottom) / 2}" text-anchor="middle" transform="rotate(-90 16 ${(top + bottom) / 2})">${xml(y.label)}</text>`,
  ];
}

function drawn(series: Series, colour: string, px: (v: number) => number, py: (v: number) => number): string {
  const at = series.points.map(([x, y]) => [short(px(x)), short(py(y))] as const);
  const dots = at.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="4" fill="${colour}"/>`).join("");
  if (series.style === "dots") return dots;
  const dash = series.style === "dashed" ? ' stroke-dasharray="6 5"' : "";
  const line = `<polyline points="${at.map((p) => p.join(",")).join(" ")}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`;
  return at.length <= 16 ? line + dots : line;
}

/** A line plot as SVG text, readable on light and on dark pages. */
export function linePlot(options: PlotOptions): string {
  const px = scale(options.x, AREA.left, AREA.right);
  const py = scale(options.y, AREA.bottom, AREA.top);
  const legend = options.series.map(({ name }, i) => {
    const x = AREA.left + (i % 3) * 214;
    const y = HEIGHT - 24 + Math.floor(i / 3) * 17;
    const colour = COLOURS[i % COLOURS.length];
    return `<rect x="${x}" y="${y - 9}" width="12" height="10" fill="${colour}"/><text x="${x + 18}" y="${y}">${xml(name)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">`,
    `<title>${xml(options.title)}</title>`,
    `<style>${STYLE}</style>`,
    ...frame(options, px, py),
    ...options.series.map((series, i) => drawn(series, COLOURS[i % COLOURS.length] ?? "#888", px, py)),
    ...legend,
    "</svg>",
    "",
  ].join("\n");
}
