import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { flow } from "../support/flow_files.mjs";

const LAB = "lab/05";
const [A, B, C] = ["VSTC-000001-AAAAA", "VSTC-000002-AAAAA", "VSTC-000003-AAAAA"];

export default (stage) => describe("05 light at motion, alert when offline", () => {
  const lights = JSON.stringify({ [C]: "lamp/c", "*": "lamp/street" });
  const usual = { CAM_BASE: LAB, CAM_LIGHTS: lights, CAM_LIGHT_OFF_S: 0.3, CAM_LIGHT_MAX_S: 60 };
  const deploy = (settings, options) => stage.nodeRed.deploy(flow("05"), { ...usual, ...settings }, options);
  // No flow, so that what is published then has been kept when one comes.
  const undeploy = () => stage.nodeRed.deploy(flow("05").filter(({ type }) => type === "mqtt-broker"));
  const motion = (uid, active, { id = "01ABC", ts = new Date().toISOString(), ...how } = {}) =>
    stage.broker.publish(`${LAB}/${uid}/event/motion`, { v: 1, uid, type: "motion", id, active, ts }, how);
  const forget = () => Promise.all([A, B, C].map((uid) =>
    stage.broker.publish(`${LAB}/${uid}/event/motion`, "", { retain: true })));
  const switched = (from) => stage.tap.messages(from).filter(({ topic }) => topic.startsWith("lamp/"))
    .map(({ topic, text }) => `${topic} ${text}`);
  const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();

  test("turns the light of a camera on and off, by what the camera sees", async () => {
    const light = "lamp/garden";
    const own = { CAM_LIGHTS: JSON.stringify({ [stage.garden.uid]: light }), CAM_LIGHT_ON: "on", CAM_LIGHT_OFF: "off" };
    await deploy({ CAM_BASE: "cam32100", ...own });
    const from = stage.tap.count;
    stage.garden.alarm(1);
    await stage.tap.waitFor(light, ({ text }) => text === "on", from);
    stage.garden.alarm(0);
    await stage.tap.waitFor(light, ({ text }) => text === "off", from);
    assert.deepEqual(switched(from), [`${light} on`, `${light} off`]);
  });

  test("leaves a light on that two cameras share until both are quiet", async () => {
    await deploy();
    const from = stage.tap.count;
    await motion(A, true);
    await motion(B, true);
    await motion(A, false);
    await motion(C, true);
    await motion(C, false);
    await stage.tap.waitFor("lamp/c", ({ text }) => text === "OFF", from);       // by now A's time would be over
    await motion(B, false);
    await stage.tap.waitFor("lamp/street", ({ text }) => text === "OFF", from);
    assert.deepEqual(switched(from),
      ["lamp/street ON", "lamp/street ON", "lamp/c ON", "lamp/c OFF", "lamp/street OFF"]);
  });

  test("starts the time anew when motion comes back", async () => {
    await deploy();
    const from = stage.tap.count;
    await motion(A, true);
    await motion(A, false);
    await motion(A, true);
    await motion(C, true);
    await motion(C, false);
    await stage.tap.waitFor("lamp/c", ({ text }) => text === "OFF", from);
    assert.ok(!switched(from).includes("lamp/street OFF"));
  });

  test("turns a light off whose motion never ends", async () => {
    await deploy({ CAM_LIGHT_MAX_S: 0.3 });
    const from = stage.tap.count;
    await motion(A, true);
    await stage.tap.waitFor("lamp/street", ({ text }) => text === "OFF", from);
  });

  test("turns a light off as soon as the broker is back, if its time was over before", async () => {
    await deploy();
    await motion(A, true);
    await motion(A, false);
    await stage.nodeRed.waitForStatus("cam05_later", ({ fill }) => fill === "blue");
    const at = stage.nodeRed.statuses.length;
    await stage.broker.restart(() => stage.nodeRed.waitForStatus("cam05_later", ({ fill }) => fill === undefined, at));
    // Node-RED may be back before the tap is, and nothing keeps the message: the broker's log tells of its three bytes.
    const off = /Received PUBLISH from nodered\S* .*'lamp\/street', .*\(3 bytes\)/;
    await stage.broker.process.waitForLine((line) => off.test(line), "the broker is told OFF");
    await stage.waitUntilReady();
  });

  for (const version of ["5", "4"]) {
    test(`never turns a light on by what the broker kept (${version === "5" ? "MQTT 5" : "MQTT 3.1.1"})`, async () => {
      await undeploy();
      await motion(A, true, { retain: true });
      await motion(B, false, { retain: true, ts: ago(3600) });
      const from = stage.tap.count;
      await deploy({}, { version });
      await motion(C, true);
      await stage.tap.waitFor("lamp/c", () => true, from);
      assert.deepEqual(switched(from), ["lamp/c ON"]);
      await forget();
    });
  }

  test("turns off the light of a motion that ended while Node-RED was away, and no other", async () => {
    await undeploy();
    await motion(A, false, { retain: true, ts: ago(3600) });       // long ago: somebody may have switched it on since
    await motion(B, false, { retain: true, id: null });       // nothing has moved yet
    await motion(C, false, { retain: true });
    const from = stage.tap.count;
    await deploy({ CAM_LIGHT_OFF_S: 4 });
    await stage.tap.waitFor("lamp/c", ({ text }) => text === "OFF", from);
    assert.deepEqual(switched(from), ["lamp/c OFF"]);
    await forget();
  });

  test("tells that a camera or the bridge went offline, once, by name", async () => {
    await stage.broker.publish(`${LAB}/bridge/cameras`, [{ uid: A, name: "Garden" }], { retain: true });
    await stage.broker.publish(`${LAB}/bridge/availability`, "online", { retain: true });
    await stage.broker.publish(`${LAB}/${A}/availability`, "online", { retain: true });
    await stage.broker.publish(`${LAB}/${B}/availability`, "offline", { retain: true });       // was so before we came
    await deploy();
    const say = (id, text) => stage.broker.publish(`${LAB}/${id}/availability`, text, { retain: true });
    for (const text of ["offline", "offline", "online"]) await say(A, text);
    await say("bridge", "offline");
    await say(B, "online");
    await stage.nodeRed.waitForDebug("cam05_relief", (text) => text.includes(B));
    const told = stage.nodeRed.debugged.map(({ value }) => value);
    assert.deepEqual(told, [`camera Garden (${A}) is offline`, `camera Garden (${A}) is online`,
      "the bridge is offline", `camera ${B} is online`]);
  });

  test("says when the list of lights is no JSON", async () => {
    await deploy({ CAM_LIGHTS: "{" });
    await motion(A, true);
    await stage.nodeRed.waitForDebug("cam05_fault", (text) => /JSON/.test(text));
  });
});
