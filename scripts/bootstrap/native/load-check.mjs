// Child process of verify.mjs: loads one addon file and makes it do a little of its real work.
import { createRequire } from "node:module";

const [name, file, packageDir] = process.argv.slice(2);
const require = createRequire(`${packageDir}/package.json`);

/** @type {Record<string, () => boolean>} */
const checks = {
  "better-sqlite3": () => {
    const Database = require(packageDir);
    return new Database(":memory:", { nativeBinding: file }).prepare("select 6 * 7 as n").get().n === 42;
  },
  "hnswlib-node": () => {
    const { HierarchicalNSW } = require(file);
    const index = new HierarchicalNSW("ip", 2);
    index.initIndex(2);
    index.addPoint([1, 0], 7);
    index.addPoint([0, 1], 8);
    return index.searchKnn([0.9, 0.1], 1).neighbors[0] === 7;
  },
  "@u4/opencv4nodejs": () => {
    const cv = require(file);
    const picture = new cv.Mat(2, 2, cv.CV_8UC3, [1, 2, 3]).cvtColor(cv.COLOR_BGR2RGB);
    return picture.getData()[0] === 3 && typeof cv.VideoCapture === "function";
  },
};

process.exit(checks[name]() ? 0 : 1);
