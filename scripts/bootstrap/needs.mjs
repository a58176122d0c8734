/**
 * Everything Tillsight needs from outside the repository, with the reason.
 *
 * `probe` says how to see on any Linux that the need is met in another way (an OpenCV of your own in /usr/local):
 * a command on PATH, or a pkg-config module.
 */
export const NODE_MINIMUM = "20.19.0";

/** @typedef {{ package: string, why: string, probe: { command: string } | { pkgConfig: string } }} SystemNeed */

/** @type {SystemNeed[]} */
export const RUN_NEEDS = [
  { package: "g++", why: "compiles the native addons", probe: { command: "g++" } },
  { package: "make", why: "node-gyp drives it", probe: { command: "make" } },
  { package: "python3", why: "node-gyp is configured by it", probe: { command: "python3" } },
  { package: "pkg-config", why: "finds OpenCV's headers and libraries", probe: { command: "pkg-config" } },
  { package: "libopencv-dev", why: "camera capture and image processing", probe: { pkgConfig: "opencv4" } },
  { package: "socat", why: "the serial line between lane and simulated till", probe: { command: "socat" } },
];

/** @type {SystemNeed[]} */
export const TEST_NEEDS = [
  { package: "chromium", why: "tests the shopper's page in a real browser", probe: { command: "chromium" } },
  {
    package: "gstreamer1.0-plugins-base",
    why: "tests a GStreamer pipeline as a camera",
    probe: { pkgConfig: "gstreamer-plugins-base-1.0" },
  },
  { package: "openssl", why: "makes certificates for the tests of TLS", probe: { command: "openssl" } },
  { package: "prometheus", why: "its promtool checks the alert rules", probe: { command: "promtool" } },
  { package: "mosquitto", why: "tests catalog sync against a real broker", probe: { command: "mosquitto" } },
  {
    package: "nats-server",
    why: "tests the relay of sales against a real stream",
    probe: { command: "nats-server" },
  },
  {
    package: "postgresql",
    why: "tests headquarters on a real PostgreSQL server",
    probe: { command: "pg_createcluster" },
  },
];
