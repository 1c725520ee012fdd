// The shipped flows, each in a real Node-RED beside a real broker, bridge and emulated cameras: a message
// goes in, the picture comes out. Wants PROGRAM_UNDER_TEST and NODE_RED_MODULES; tests/node_red/run sets them.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { CORE_TYPES } from "./support/flow_files.mjs";
import { Stage } from "./support/stage.mjs";
import allTogether from "./cases/all_together.mjs";
import httpImage from "./cases/http_image.mjs";
import motionLight from "./cases/motion_light.mjs";
import powerCycle from "./cases/power_cycle.mjs";
import ptzPad from "./cases/ptz_pad.mjs";
import requestResponse from "./cases/request_response.mjs";
import snapshotToFile from "./cases/snapshot_to_file.mjs";
import watchAll from "./cases/watch_all.mjs";

const stage = new Stage({ binary: process.env.PROGRAM_UNDER_TEST, modules: process.env.NODE_RED_MODULES });

describe("the flows in Node-RED", { timeout: 240000 }, () => {
  before(() => stage.start());
  after(() => stage.end());

  test("the node types they use are Node-RED's own", async () => {
    const response = await fetch(`${stage.nodeRed.url}/nodes`, { headers: { accept: "application/json" } });
    const sets = (await response.json()).filter((set) => set.module === "node-red" && set.enabled);
    const own = ["tab", "subflow", ...sets.flatMap(({ types }) => types)];
    assert.deepEqual(CORE_TYPES.filter((type) => !own.includes(type)), []);
  });

  const all = [watchAll, snapshotToFile, ptzPad, requestResponse, motionLight, powerCycle, httpImage, allTogether];
  for (const cases of all) cases(stage);
});
