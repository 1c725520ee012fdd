import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { flow } from "../support/flow_files.mjs";

const LAB = "lab/06";
const UID = "VSTC-000001-AAAAA";

export default (stage) => describe("06 power cycle when offline", () => {
  const memory = (uid = UID) => `node-red/cam32100/power-cycle/${uid}`;
  const deploy = (settings) => stage.nodeRed.deploy(flow("06"),
    { CAM_BASE: LAB, CAM_UID: UID, CAM_PLUG_TOPIC: "plug/lab", CAM_OFFLINE_S: 0.2, CAM_PLUG_OFF_S: 0.2, ...settings });
  const say = (id, text) => stage.broker.publish(`${LAB}/${id}/availability`, text, { retain: true });
  const fresh = async () => {
    await stage.nodeRed.deploy(flow("06").filter(({ type }) => type === "mqtt-broker"));
    for (const topic of [memory(), `${LAB}/bridge/availability`, `${LAB}/${UID}/availability`]) {
      await stage.broker.publish(topic, "", { retain: true });
    }
    return stage.tap.count;
  };
  const plugged = (from) => stage.tap.messages(from).filter(({ topic }) => topic === "plug/lab")
    .map(({ text }) => text);
  const remembered = (from, plug) => stage.tap.waitFor(memory(), ({ json }) => json?.plug === plug, from);
  const ago = (hours) => new Date(Date.now() - hours * 3600000).toISOString();

  test("turns the plug of a camera that stays offline off and on, and the camera comes back", async () => {
    const { gate } = stage;
    const plug = { CAM_PLUG_TOPIC: "plug/gate", CAM_PLUG_ON: "1", CAM_PLUG_OFF: "0" };
    await deploy({ CAM_BASE: "cam32100", CAM_UID: gate.uid, ...plug });
    const from = stage.tap.count;
    await gate.end();
    await stage.tap.waitFor("plug/gate", ({ text }) => text === "0", from);
    await stage.tap.waitFor("plug/gate", ({ text }) => text === "1", from);
    await gate.start();
    await stage.tap.waitFor(`cam32100/${gate.uid}/availability`, ({ text }) => text === "online", from);
    await stage.nodeRed.waitForStatus("cam06_offline", ({ fill, text }) => fill === "green" && text === "online");
    const kept = await stage.tap.waitForNewest(memory(gate.uid), ({ json }) => json.plug === "on");
    assert.equal(kept.json.cycles.length, 1);
  });

  test("does so twice in 24 hours and no more", async () => {
    await fresh();
    await deploy();
    await say(UID, "offline");
    for (const count of [1, 2]) {
      await stage.nodeRed.waitForStatus("cam06_decide", ({ text }) => text === `power cycle ${count} of 2`);
      await stage.tap.waitFor(memory(), ({ json }) => json?.plug === "on" && json.cycles.length === count);
      await stage.nodeRed.press("cam06_again");            // every ten minutes by itself
    }
    await stage.nodeRed.waitForStatus("cam06_decide", ({ text }) => /^enough for today, again at /.test(text));
  });

  test("counts what it did before a restart, but not what is older than a day", async () => {
    let from = await fresh();
    await stage.broker.publish(memory(), { plug: "on", cycles: [ago(30), ago(25), ago(1)] }, { retain: true });
    await say(UID, "offline");
    await deploy();
    await remembered(from, "on");
    await stage.tap.waitFor(memory(), ({ json }) => json?.plug === "on" && json.cycles.length === 2, from);
    assert.deepEqual(plugged(from), ["OFF", "ON"]);
    from = stage.tap.count;
    await deploy();                                         // everything forgotten but what the broker keeps
    await stage.nodeRed.waitForStatus("cam06_decide", ({ text }) => /^enough for today/.test(text));
    assert.deepEqual(plugged(from), []);
  });

  test("turns the plug on as soon as the broker is back", async () => {
    const from = await fresh();
    await say(UID, "offline");
    // Longer than a broker takes to end on a busy machine: "on" is to come while it is away.
    await deploy({ CAM_PLUG_OFF_S: 2 });
    await stage.tap.waitFor("plug/lab", ({ text }) => text === "OFF", from);
    await stage.broker.restart(() => stage.nodeRed.waitForStatus("cam06_on", ({ text }) => /^on, /.test(text)));
    // Node-RED may be back before the tap is, and nothing keeps the message: the broker's log tells of its two bytes.
    const on = /Received PUBLISH from nodered\S* .*'plug\/lab', .*\(2 bytes\)/;
    await stage.broker.process.waitForLine((line) => on.test(line), "the broker is told ON");
    await remembered(0, "on");
    await stage.waitUntilReady();
  });

  test("finishes a power cycle that a restart cut short", async () => {
    const from = await fresh();
    await stage.broker.publish(memory(), { plug: "off", cycles: [ago(0)] }, { retain: true });
    await deploy();
    await remembered(from, "on");
    assert.deepEqual(plugged(from), ["ON"]);
  });

  test("waits while the bridge is away or the camera is back", async () => {
    const from = await fresh();
    await deploy({ CAM_OFFLINE_S: 600 });
    const waits = (at) => stage.nodeRed.waitForStatus("cam06_wait", ({ fill }) => fill === "blue", at);
    const waitsNoMore = (at) => stage.nodeRed.waitForStatus("cam06_wait", ({ fill }) => fill === undefined, at);
    await say(UID, "offline");
    await waits(0);
    for (const [who, bad, good] of [["bridge", "offline", "online"], [UID, "online", "offline"]]) {
      let at = stage.nodeRed.statuses.length;
      await say(who, bad);
      await waitsNoMore(at);
      at = stage.nodeRed.statuses.length;
      await say(who, good);
      await waits(at);
    }
    assert.deepEqual(plugged(from), []);
  });

  test("knows at its start what the broker kept, in any order", async () => {
    await fresh();
    await say(UID, "offline");
    await say("bridge", "offline");
    await deploy();
    await stage.nodeRed.waitForStatus("cam06_offline", ({ text }) => text === "bridge offline");
    const from = stage.tap.count;
    await say("bridge", "online");
    await remembered(from, "on");
    assert.deepEqual(plugged(from), ["OFF", "ON"]);
  });
});
