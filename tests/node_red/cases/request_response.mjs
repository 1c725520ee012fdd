import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { flow } from "../support/flow_files.mjs";

const SUBFLOWS = { "cam32100 request": "cam04_request", "cam32100 request (MQTT 5)": "cam04_request5" };

// GET /ask?... through an instance of a subflow. The query's uid, command and json are put into the message,
// with what a received message carries along.
function asPage(nodes, subflow, env = {}) {
  const z = "cam04_tab";
  const common = { z, x: 0, y: 0 };
  const prepare = `
const { uid, command, json, text } = msg.req.query;
const received = { topic: "somewhere/else", retain: true, qos: 2 };
return Object.assign(msg, received, { uid, command, payload: json ? JSON.parse(json) : text });`;
  const judge = (status) => `
msg.payload = { payload: msg.payload, response: msg.response, topic: msg.topic };
msg.statusCode = ${status};
return msg;`;
  const code = (id, func, wires) => ({ id, type: "function", ...common, name: "", func, outputs: 1, timeout: 0,
    noerr: 0, initialize: "", finalize: "", libs: [], wires });
  const fields = Object.entries({ UID: "VSTC-123456-ABCDE", ...env })
    .map(([name, value]) => ({ name, value: String(value), type: "str" }));
  // The examples would share the subscription of the instance that is judged.
  return [...nodes.filter((node) => node.z !== z),
    { id: "ask_in", type: "http in", ...common, name: "", url: "/ask", method: "get", wires: [["ask_prepare"]] },
    code("ask_prepare", prepare, [["ask"]]),
    { id: "ask", type: `subflow:${subflow}`, ...common, name: "", env: fields, wires: [["ask_ok"], ["ask_error"]] },
    code("ask_ok", judge(200), [["ask_out"]]),
    code("ask_error", judge(500), [["ask_out"]]),
    { id: "ask_out", type: "http response", ...common, name: "", statusCode: "", headers: {}, wires: [] }];
}

export default (stage) => describe("04 request and response", () => {
  const ask = async (query) => {
    const response = await fetch(`${stage.nodeRed.url}/ask?${new URLSearchParams(query)}`);
    return { status: response.status, ...await response.json() };
  };

  test("the examples of the file get their answers", async () => {
    await stage.nodeRed.deploy(flow("04"), { CAM_UID: stage.garden.uid });
    await stage.nodeRed.press("cam04_status");
    const { value: got } = await stage.nodeRed.waitForDebug("cam04_got");
    assert.equal(got.payload.device_id, stage.garden.uid);
    assert.equal(got.response.command, "get_status");
    await stage.nodeRed.waitForStatus("cam04_get", ({ fill, text }) => fill === "green" && text === "get_status");
    const start = stage.garden.states().pop().pan;
    await stage.nodeRed.press("cam04_left");
    const { value: moved } = await stage.nodeRed.waitForDebug("cam04_moved");
    assert.equal(moved.payload.move, "left");
    await stage.garden.waitForState(({ pan }) => pan < start, "the camera turned left");
  });

  for (const [name, subflow] of Object.entries(SUBFLOWS)) {
    test(`${name}: gives each message its own answer, and the rest of the message back`, async () => {
      await stage.nodeRed.deploy(asPage(flow("04"), subflow));
      const from = stage.tap.count;
      const cameras = [stage.garden, stage.gate, stage.garden];
      const answers = await Promise.all(cameras.map(({ uid }) => ask({ uid, command: "get_status" })));
      assert.deepEqual(answers.map(({ status, payload, topic }) => [status, payload.device_id, topic]),
        cameras.map(({ uid }) => [200, uid, "somewhere/else"]));
      assert.equal((await ask({ uid: "bridge", command: "camera/list" })).status, 200);
      const move = await ask({ command: "ptz", json: '{"move":"left","step":true}' });
      assert.deepEqual([move.status, move.response.uid], [200, stage.garden.uid]);
      // A message that was received retained does not become a retained command.
      assert.ok(!stage.tap.messages(from).some(({ json }) => json?.error?.code === "retained_command"));
    });

    test(`${name}: errors go to the second output`, async () => {
      await stage.nodeRed.deploy(asPage(flow("04"), subflow));
      const unknown = await ask({ uid: "VSTC-999999-ABCDE", command: "get_status" });
      assert.deepEqual([unknown.status, unknown.payload.code], [500, "unknown_camera"]);
      const bad = await ask({ command: "ptz", json: '{"move":"sideways"}' });
      assert.deepEqual([bad.status, bad.payload.code, bad.response.status], [500, "bad_argument", "error"]);
      for (const query of [{ uid: "+" }, { uid: "a/b" }, { command: "#" }]) {
        const refused = await ask(query);
        assert.deepEqual([refused.status, refused.payload.code, refused.response], [500, "bad_argument", undefined]);
      }
    });

    test(`${name}: no answer in time is an error`, async () => {
      await stage.nodeRed.deploy(asPage(flow("04"), subflow, { BASE: "lab/04", TIMEOUT: 0.2 }));
      const { status, payload } = await ask({ command: "snapshot" });
      assert.deepEqual([status, payload.code, payload.retryable], [500, "timeout", true]);
      assert.match(payload.message, /no answer to snapshot in 0.2 s/);
    });
  }

  test("cam32100 request: wants arguments as an object, and works with MQTT 3.1.1", async () => {
    await stage.nodeRed.deploy(asPage(flow("04"), SUBFLOWS["cam32100 request"]), {}, { version: "4" });
    assert.equal((await ask({ command: "ptz", text: "left" })).payload.code, "bad_argument");
    assert.equal((await ask({ command: "get_status" })).status, 200);
    // The broker keeps the answer of before; the next question has one of its own.
    const again = await ask({ command: "snapshot" });
    assert.deepEqual([again.status, again.response.command], [200, "snapshot"]);
  });

  test("cam32100 request (MQTT 5): takes plain text, and its answer stays between the two", async () => {
    await stage.nodeRed.deploy(asPage(flow("04"), SUBFLOWS["cam32100 request (MQTT 5)"]));
    const from = stage.tap.count;
    assert.equal((await ask({ command: "ptz", text: "stop" })).status, 200);
    // The page may have had it before the tap.
    const reply = await stage.tap.waitFor("reply/node-red/ask", () => true, from);
    assert.equal(reply.json.command, "ptz");
    const replies = stage.tap.messages(from).filter(({ topic }) => topic.startsWith("reply/"));
    assert.deepEqual(replies.map(({ topic }) => topic), ["reply/node-red/ask"]);
  });
});
