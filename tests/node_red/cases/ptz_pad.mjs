import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { flow } from "../support/flow_files.mjs";
import { openPad } from "../support/pad_page.mjs";

export default (stage) => describe("03 PTZ pad", () => {
  const page = () => `${stage.nodeRed.url}/cam32100/pad`;
  const post = (path, body, type = "application/json") => fetch(`${page()}/${path}`, {
    method: "POST", headers: { "content-type": type }, body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const deploy = async (settings) => {
    await stage.nodeRed.deploy(flow("03"), settings);
    await stage.nodeRed.waitForStatus("cam03_cameras", ({ text }) => text === "2 can move");
  };
  const pan = () => stage.garden.states().pop().pan;

  test("lists the cameras with their moves and presets", async () => {
    await deploy();
    const response = await fetch(`${page()}/cameras`);
    assert.match(response.headers.get("content-type"), /^application\/json/);
    const cameras = await response.json();
    assert.deepEqual(cameras.map(({ uid, name, online, presets }) => [uid, name, online, presets]),
      [stage.garden, stage.gate].map(({ uid, name }) => [uid, name, true, 16]));
    for (const move of ["up", "down", "left", "right", "center"]) assert.ok(cameras[0].moves.includes(move), move);
  });

  test("moves while a button is held and stops when it is let go", async (t) => {
    await deploy();
    const pad = await openPad(page());
    t.after(() => pad.end());
    assert.deepEqual(pad.options("camera"), ["Garden", "Gate"]);
    assert.deepEqual(pad.options("preset").length, 16);
    const from = stage.tap.count;
    const start = pan();
    pad.press("left");
    await stage.garden.waitForState((now) => now.pan < start - 1, "the camera turns left");
    pad.release("left");
    const answers = `cam32100/${stage.garden.uid}/response/ptz`;
    await stage.tap.waitFor(answers, ({ json }) => json.data?.move === "stop", from);
    const sent = stage.tap.messages(from).filter(({ topic }) => topic.endsWith("/command/ptz"));
    assert.deepEqual(sent.map(({ json }) => [json.move, json.ms]), [["left", 0], ["stop", undefined]]);
    assert.equal(await pad.said(), "");
  });

  test("goes to presets and tells what the camera refuses", async () => {
    await deploy();
    const gone = await post(`${stage.garden.uid}/preset`, { goto: 3 });
    assert.equal(gone.status, 200);
    assert.equal((await gone.json()).data.goto, 3);
    const refused = await post(`${stage.garden.uid}/ptz`, { move: "sideways" });
    assert.equal(refused.status, 502);
    assert.equal((await refused.json()).error.code, "bad_argument");
  });

  test("sends nothing for cameras it does not know, other commands and other sites", async () => {
    await deploy();
    const from = stage.tap.count;
    const { uid } = stage.garden;
    assert.equal((await post("bridge/ptz", {})).status, 404);
    assert.equal((await post("toString/ptz", {})).status, 404);
    assert.equal((await post(`${encodeURIComponent("+/command/ptz#")}/ptz`, {})).status, 404);
    assert.equal((await post(`${uid}/reboot`, {})).status, 404);
    assert.equal((await post(`${uid}/ptz`, JSON.stringify({ move: "left" }), "text/plain")).status, 415);
    assert.equal((await post(`${uid}/snapshot`, {})).status, 200);
    const commands = stage.tap.messages(from).filter(({ topic }) => topic.includes("/command/"));
    assert.deepEqual(commands.map(({ topic }) => topic), [`cam32100/${uid}/command/snapshot`]);
  });

  test("takes moves from elsewhere in Node-RED, and never retained ones", async () => {
    await deploy({ CAM_UID: stage.garden.uid });
    const from = stage.tap.count;
    const start = pan();
    await stage.nodeRed.press("cam03_left");
    await stage.garden.waitForState((now) => now.pan === start - 1, "the camera turns one step");
    const answer = await stage.tap.waitFor(`cam32100/${stage.garden.uid}/response/ptz`, () => true, from);
    assert.equal(answer.json.status, "ok");
  });
});
