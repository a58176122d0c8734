import { describe, expect, it } from "vitest";
import { RUN_NEEDS, TEST_NEEDS } from "./needs.mjs";
import { installPlan, missingNeeds, parseDpkg } from "./system-packages.mjs";

const socat = { package: "socat", why: "joins two ends", probe: { command: "socat" } };
const opencv = { package: "libopencv-dev", why: "sees", probe: { pkgConfig: "opencv4" } };
const nobody = { hasApt: true, isRoot: false, maySudo: false };

describe("missingNeeds", () => {
  const cases = [
    ["nothing installed, nothing found", [], [], ["socat", "libopencv-dev"]],
    ["installed packages are not asked for", ["socat"], [], ["libopencv-dev"]],
    ["an OpenCV of one's own counts", ["socat"], ["opencv4"], []],
  ];
  it.each(cases)("%s", (_name, installed, found, want) => {
    const met = (probe) => found.includes(probe.command ?? probe.pkgConfig);
    const missing = missingNeeds([socat, opencv], { installed: new Set(installed), met });
    expect(missing.map((need) => need.package)).toEqual(want);
  });
});

describe("parseDpkg", () => {
  it("takes removed packages whose configuration stayed for missing", () => {
    expect([...parseDpkg("g++ installed\nsocat config-files\nmake not-installed\n")]).toEqual(["g++"]);
  });
});

describe("installPlan", () => {
  it("does nothing when nothing is missing", () => {
    expect(installPlan([], nobody)).toEqual({ kind: "nothing" });
  });

  it("installs as root, and by sudo where it asks for no password", () => {
    expect(installPlan([socat], { ...nobody, isRoot: true })).toMatchObject({ kind: "install", prefix: [] });
    expect(installPlan([socat], { ...nobody, maySudo: true })).toMatchObject({ prefix: ["sudo", "-n"] });
  });

  it("prints the exact command and the reason of each package when it may not install", () => {
    const { kind, message } = installPlan([socat, opencv], nobody);
    expect(kind).toBe("refused");
    expect(message).toContain("sudo apt-get install -y --no-install-recommends socat libopencv-dev");
    expect(message).toContain("joins two ends");
  });

  it("says what must be found where there is no apt-get", () => {
    const { message } = installPlan([opencv], { hasApt: false, isRoot: true, maySudo: false });
    expect(message).toContain("pkg-config module opencv4");
    expect(message).not.toContain("sudo");
  });
});

describe("needs", () => {
  it("gives every package once, with a reason", () => {
    const all = [...RUN_NEEDS, ...TEST_NEEDS];
    expect(new Set(all.map((need) => need.package)).size).toBe(all.length);
    for (const need of all) expect(need.why.length).toBeGreaterThan(10);
  });
});
