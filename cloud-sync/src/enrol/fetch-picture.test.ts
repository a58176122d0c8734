import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testPhoto } from "../test-helpers.js";
import { fetchPicture, isInner } from "./fetch-picture.js";

test.each([
  ["127.0.0.1", true],
  ["10.1.2.3", true],
  ["172.31.0.1", true],
  ["192.168.1.1", true],
  ["169.254.169.254", true],
  ["100.64.0.1", true],
  ["::1", true],
  ["::ffff:127.0.0.1", true],
  ["fe80::1", true],
  ["fd00::1", true],
  ["93.184.216.34", false],
  ["172.32.0.1", false],
  ["2606:2800:220:1::1", false],
])("%s is an inner address: %s", (address, inner) => {
  expect(isInner(address)).toBe(inner);
});

describe("a link", () => {
  let server: Server;
  let base: string;
  let picture: Buffer;
  beforeAll(async () => {
    picture = await testPhoto(5);
    server = createServer((request, response) => {
      const status = Number(/^\/(\d+)/.exec(request.url ?? "")?.[1] ?? 200);
      if (request.url === "/round") return response.writeHead(302, { location: "/round" }).end();
      if (request.url === "/moved") return response.writeHead(301, { location: "/picture" }).end();
      if (request.url === "/out") return response.writeHead(302, { location: "file:///etc/passwd" }).end();
      if (request.url === "/torn") {
        response.writeHead(200, { "content-length": 1000 }).write("half");
        return setTimeout(() => response.destroy(), 20);
      }
      if (request.url === "/slow") return undefined;
      response.writeHead(status);
      if (request.url === "/huge") for (let i = 0; i < 13; i++) response.write(Buffer.alloc(2 ** 20));
      return response.end(picture);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const get = (path: string) =>
    fetchPicture(base + path, { allowPrivate: true, timeoutMs: path === "/slow" ? 300 : 20_000 });

  test("is followed to its picture", async () => {
    expect(Buffer.from(await get("/moved")).equals(picture)).toBe(true);
  });

  test.each([
    ["/404", "PHOTO_REFUSED"],
    ["/410", "PHOTO_REFUSED"],
    ["/huge", "PHOTO_REFUSED"],
    ["/round", "PHOTO_REFUSED"],
    ["/out", "PHOTO_REFUSED"],
    ["/503", "PICTURE_FETCH"],
    ["/429", "PICTURE_FETCH"],
    ["/torn", "PICTURE_FETCH"],
    ["/slow", "PICTURE_FETCH"],
  ])("%s ends as %s: for ever, or until it is tried again", async (path, code) => {
    await expect(get(path)).rejects.toMatchObject({ code });
  });

  test.each([
    ["http://localhost/x"],
    ["http://[::1]/x"],
    ["http://169.254.169.254/latest/meta-data"],
    ["ftp://a.example/x"],
    ["nonsense"],
  ])("%s is not asked at all", async (link) => {
    await expect(fetchPicture(link)).rejects.toMatchObject({ code: "PHOTO_REFUSED" });
  });

  test("inside the own network is refused unless it is allowed", async () => {
    await expect(fetchPicture(`${base}/picture`)).rejects.toMatchObject({
      code: "PHOTO_REFUSED",
      fix: expect.stringContaining("--private-links"),
    });
  });
});
