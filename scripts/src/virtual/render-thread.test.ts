import { afterEach, expect, test } from "vitest";
import { RenderThread } from "./render-thread.js";
import { TrayRenderer } from "./renderer.js";
import { type Scene, steadyLight } from "./scene.js";

const apple = { id: "1", art: "1f34e", x: 400, y: 300, size: 200, turn: 10, shear: 0, squeeze: 1 };
const scene: Scene = { ground: "slate", light: steadyLight, items: [apple], carried: [], hand: null };

let thread: RenderThread | undefined;
afterEach(() => thread?.close());

test("a thread draws the same picture as the renderer does", async () => {
  thread = new RenderThread(3);
  const drawn = await thread.render(scene, 5);
  const expected = await new TrayRenderer(3).render(scene, 5);
  expect([drawn.width, drawn.height]).toEqual([expected.width, expected.height]);
  expect(Buffer.compare(Buffer.from(drawn.data), Buffer.from(expected.data))).toBe(0);
});

test("what cannot be drawn is an error, and the next picture is drawn all the same", async () => {
  thread = new RenderThread(1);
  const unknown: Scene = { ...scene, items: [{ ...apple, art: "1ffff" }] };
  await expect(thread.render(unknown, 0)).rejects.toThrow(/no art for code point 1ffff/);
  expect((await thread.render(scene, 1)).width).toBe(1280);
});

test("two pictures at once are a defect; a closed thread says so, and closing twice is fine", async () => {
  thread = new RenderThread(1);
  const first = thread.render(scene, 0);
  await expect(thread.render(scene, 1)).rejects.toThrow(/at once/);
  await first;
  const given = thread.render(scene, 2).catch((error: unknown) => error);
  await thread.close();
  await thread.close();
  expect(String(await given)).toMatch(/drawing of the virtual tray/);
  await expect(thread.render(scene, 3)).rejects.toThrow(/drawing of the virtual tray/);
});
