/** Drawn on a 24 x 24 grid with round strokes. */
const paths = {
  check: "M4.5 12.5l5 5L19.5 7",
  question: "M9 9.2a3 3 0 1 1 4.4 2.7c-1 .5-1.4 1.1-1.4 2.1M12 17.5v.1",
  help: "M12 3a8 8 0 0 0-8 8v3m16 0v-3a8 8 0 0 0-8-8M4 14h3v5H5.5A1.5 1.5 0 0 1 4 17.5zm16 0h-3v5h1.5a1.5 1.5 0 0 0 1.5-1.5zm-2 5a5 5 0 0 1-4 2h-1",
  cameraOff:
    "M3 3l18 18M9 6h4l1.5 2H19a2 2 0 0 1 2 2v7m-2 3H5a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2h1M9.8 11a3.5 3.5 0 0 0 4.9 4.9",
  hand: "M8 12V6.5a1.5 1.5 0 0 1 3 0V11m0-5.5v-1a1.5 1.5 0 0 1 3 0V11m0-4.5a1.5 1.5 0 0 1 3 0V12m0-2.5a1.5 1.5 0 0 1 3 0V15a6 6 0 0 1-6 6h-1.5a6 6 0 0 1-4.7-2.300L4.5 14.5a1.5 1.5 0 0 1 2.3-1.900L8 14",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  pause: "M9 5v14M15 5v14",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5L20 20",
  back: "M9 6l-6 6 6 6h12V6zM12 10l5 4m0-4l-5 4",
  alert: "M12 4l9 16H3zM12 10v4.5M12 17.200v.1",
} as const;

export type IconName = keyof typeof paths;

/** Decorative: what it means is always said in words beside it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
