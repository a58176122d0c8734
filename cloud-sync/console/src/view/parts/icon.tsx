/** Drawn on a 24 x 24 grid with round strokes. */
const paths = {
  products: "M4 7l8-4 8 4v10l-8 4-8-4zM4 7l8 4 8-4M12 11v10",
  prices: "M12.5 3H20v7.5l-9 9a1.5 1.5 0 0 1-2.1 0L3.5 14a1.5 1.5 0 0 1 0-2.1zM16.5 7.4v.1",
  photos: "M4 8h3l1.5-2.5h7L17 8h3v11H4zM12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7",
  review: "M4 12s3-6 8-6 8 6 8 6-3 6-8 6-8-6-8-6M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
  fleet: "M3 5h8v6H3zM13 5h8v6h-8zM3 13h8v6H3zM13 13h8v6h-8z",
  rollouts:
    "M5 19V9m0 0l-2.5 2.5M5 9l2.5 2.5M12 19V6m0 0L9.5 8.5M12 6l2.5 2.5M19 19V4m0 0l-2.5 2.5M19 4l2.5 2.5",
  files: "M12 3v11m0 0l-4-4m4 4l4-4M4 16v4h16v-4",
  history: "M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4v4.5h4.5M12 8v4.5l3 1.8",
  people:
    "M9 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M3.5 19a5.5 5.5 0 0 1 11 0M16 6a2.5 2.5 0 0 1 0 5M17 14a4.5 4.5 0 0 1 3.5 5",
  check: "M4.5 12.5l5 5L19.5 7",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5L20 20",
  alert: "M12 4l9 16H3zM12 10v4.5M12 17.2v.1",
  menu: "M4 7h16M4 12h16M4 17h16",
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  up: "M12 19V5m0 0l-5 5m5-5l5 5",
  bin: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 2.5-2.5L20 17M15.5 8.5v.1",
  refresh: "M20 12a8 8 0 1 1-2.5-5.8L20 8.5M20 4v4.5h-4.5",
  play: "M7 5l12 7-12 7z",
  pause: "M9 5v14M15 5v14",
  undo: "M9 6L4 11l5 5M4 11h10a5 5 0 0 1 0 10h-2",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 8v4.5l3 1.8",
  copy: "M8 8h11v12H8zM5 16H4V4h11v1",
  key: "M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8M11 12l8-8M16 7l2.5 2.5",
  out: "M14 4h5v16h-5M4 12h11m0 0l-4-4m4 4l-4 4",
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
