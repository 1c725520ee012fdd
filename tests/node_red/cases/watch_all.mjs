import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { flow } from "../support/flow_files.mjs";

const BASE = "cam32100";

export default (stage) => describe("01 watch all", () => {
  test("tells a live event with the id of its camera", async () => {
    await stage.nodeRed.deploy(flow("01"));
    const from = stage.tap.count;
    stage.gate.alarm(1);
    const isMotion = ({ payload }) => payload.type === "motion" && payload.active;
    const told = await stage.nodeRed.waitForDebug("cam01_live", isMotion);
    assert.equal(told.value.uid, stage.gate.uid);
    assert.equal(told.value.retain, false);
    await stage.nodeRed.waitForStatus("cam01_live", ({ text }) => text === `${stage.gate.uid} motion`);
    stage.gate.alarm(0);
    await stage.tap.waitFor(`${BASE}/${stage.gate.uid}/event`, ({ json }) => json.active === false, from);
    await stage.nodeRed.waitForDebug("cam01_live", (msg) => msg.payload.active === false);
  });

  for (const version of ["5", "4"]) {
    test(`shows what the broker kept apart from the news (${version === "5" ? "MQTT 5" : "MQTT 3.1.1"})`, async () => {
      const uid = "VSTC-000001-AAAAA";
      const tell = (type) => stage.broker.publish(`home/cams/${uid}/event`, { uid, type }, { retain: true });
      await tell("old");
      await stage.nodeRed.deploy(flow("01"), { CAM_BASE: "home/cams" }, { version });
      await stage.nodeRed.waitForDebug("cam01_kept", (msg) => msg.payload.type === "old" && msg.uid === uid);
      // The bridge retains its events: to those who are there they are news all the same.
      await tell("new");
      await stage.nodeRed.waitForDebug("cam01_live", (msg) => msg.payload.type === "new");
      const shown = stage.nodeRed.debugged.map(({ id, value }) => `${id} ${value.payload.type}`);
      assert.deepEqual(shown, ["cam01_kept old", "cam01_live new"]);
    });
  }

  test("takes no notice of a topic that is emptied", async () => {
    await stage.broker.publish("home/cams/VSTC-000001-AAAAA/event", "", { retain: true });
    await stage.nodeRed.deploy(flow("01"), { CAM_BASE: "home/cams" });
    await stage.broker.publish("home/cams/VSTC-000001-AAAAA/event", "", { retain: true });
    await stage.broker.publish("home/cams/VSTC-000002-AAAAA/event", { type: "after" });
    await stage.nodeRed.waitForDebug("cam01_live", (msg) => msg.uid === "VSTC-000002-AAAAA");
    assert.equal(stage.nodeRed.debugged.length, 1);
  });
});
