import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { sha256 } from "../support/cameras.mjs";
import { BROKER_ID, flowFiles } from "../support/flow_files.mjs";

export default (stage) => describe("all flows together", () => {
  test("get along in one Node-RED, on one broker node", async () => {
    const nodes = flowFiles().flatMap((file) => file.nodes);
    const once = nodes.filter(({ id }, i) => id !== BROKER_ID || nodes.findIndex((one) => one.id === id) === i);
    const folder = join(stage.scratch, "all");
    const settings = { CAM_UID: stage.garden.uid, CAM_PICTURES: folder, CAM_LIGHTS: '{"*":"lamp/all"}' };
    // Some of them share a subscription, so the count is not that of the nodes.
    await stage.nodeRed.deploy(once, settings, { subscriptions: 1 });
    for (const id of ["cam02_send", "cam03_send", "cam05_motion"]) {
      await stage.nodeRed.waitForStatus(id, ({ fill }) => fill === "green");
    }
    await stage.nodeRed.waitForStatus("cam03_cameras", ({ text }) => text === "2 can move");
    await stage.nodeRed.press("cam02_button");
    const { value: file } = await stage.nodeRed.waitForDebug("cam02_written");
    assert.equal(sha256(readFileSync(file)), sha256(stage.garden.picture));
    await stage.nodeRed.waitForStatus("cam07_keep", ({ text }) => text?.startsWith(stage.garden.uid));
    const picture = await (await fetch(`${stage.nodeRed.url}/cam/${stage.garden.uid}.jpg`)).arrayBuffer();
    assert.equal(sha256(Buffer.from(picture)), sha256(stage.garden.picture));
    await stage.nodeRed.press("cam04_status");
    await stage.nodeRed.waitForDebug("cam04_got", ({ payload }) => payload.device_id === stage.garden.uid);
    const from = stage.tap.count;
    stage.gate.alarm(1);
    await stage.tap.waitFor("lamp/all", ({ text }) => text === "ON", from);
    await stage.nodeRed.waitForDebug("cam01_live", ({ uid, payload }) => uid === stage.gate.uid && payload.active);
    stage.gate.alarm(0);
    await stage.tap.waitFor(`cam32100/${stage.gate.uid}/event/motion`, ({ json }) => json.active === false, from);
  });
});
