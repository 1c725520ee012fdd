import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { sha256 } from "../support/cameras.mjs";
import { flow } from "../support/flow_files.mjs";
import { probe } from "../support/probe.mjs";

const PHOTO = `
const { content, ...rest } = msg.payload;
const sha256 = crypto.createHash("sha256").update(content).digest("hex");
return { payload: { ...rest, isBuffer: Buffer.isBuffer(content), sha256 } };
`;

// The flow with other reasons in the lists of its function node.
function choosing(reasons) {
  const nodes = flow("02");
  const join = nodes.find(({ id }) => id === "cam02_join");
  for (const [list, chosen] of Object.entries(reasons)) {
    const line = new RegExp(`^const ${list} = .*$`, "m");
    assert.match(join.func, line);
    join.func = join.func.replace(line, `const ${list} = ${JSON.stringify(chosen)};`);
  }
  return nodes;
}

export default (stage) => describe("02 picture to file and Telegram", () => {
  let folder;
  const deploy = (settings = {}, nodes = flow("02")) => {
    folder = mkdtempSync(join(stage.scratch, "pictures-"));
    return stage.nodeRed.deploy(probe(nodes, "cam02_photo", 0, PHOTO),
      { CAM_UID: stage.garden.uid, CAM_PICTURES: join(folder, "new"), CAM_TELEGRAM_CHAT: "-10012", ...settings });
  };
  const written = (good) => stage.nodeRed.waitForDebug("cam02_written", good);
  const shown = (id) => stage.nodeRed.debugged.filter((one) => one.id === id).map(({ value }) => value);
  const metaOf = (reason, from) =>
    stage.tap.waitFor(`cam32100/${stage.garden.uid}/snapshot/meta`, ({ json }) => json?.reason === reason, from);

  // Whether pictures of these times were written and sent, each once and nothing else. One more that is asked
  // for now tells: what came before it has gone all the way when it has.
  async function assertDelivered(...times) {
    const from = stage.tap.count;
    await stage.nodeRed.press("cam02_button");
    const { json: last } = await metaOf("request", from);
    await assertDeliveredUpTo([...times, last.ts], [...times, last.ts]);
  }
  async function assertDeliveredUpTo(files, photos) {
    const names = files.map((ts) => `${stage.garden.uid}_${ts.replace(/:/g, "-")}.jpg`);
    const captions = photos.map((ts) => `${stage.garden.uid} ${ts}`);
    await written((file) => file.endsWith(names.at(-1)));
    await stage.nodeRed.waitForDebug("probe", ({ payload }) => payload.caption === captions.at(-1));
    assert.deepEqual(shown("probe").map(({ payload }) => payload.caption), captions);
    assert.deepEqual(shown("cam02_written"), names.map((name) => join(folder, "new", name)));
    assert.deepEqual(readdirSync(join(folder, "new")).sort(), [...names].sort());
  }

  // As the bridge publishes it: the picture, then what it is.
  async function publish(topic, picture, ts, reason) {
    await stage.broker.publish(topic, picture);
    await stage.broker.publish(`${topic}/meta`, { ts, reason, sha256: sha256(picture) });
  }

  test("writes the picture that was asked for, and makes a photo for Telegram of it", async () => {
    await deploy();
    await stage.nodeRed.press("cam02_button");
    const { value: file } = await written();
    assert.match(file, new RegExp(`new/${stage.garden.uid}_2[\\d-]{9}T[\\d-]{8}\\.\\d{3}Z\\.jpg$`));
    assert.equal(sha256(readFileSync(file)), sha256(stage.garden.picture));
    const { value: photo } = await stage.nodeRed.waitForDebug("probe");
    assert.equal(photo.payload.sha256, sha256(stage.garden.picture));
    assert.equal(photo.payload.isBuffer, true);
    assert.deepEqual([photo.payload.chatId, photo.payload.type], [-10012, "photo"]);
    assert.match(photo.payload.caption, new RegExp(`^${stage.garden.uid} 2\\d{3}-.*Z$`));
  });

  test("does not take the picture that the broker kept for news", async () => {
    assert.ok(await stage.tap.waitFor(`cam32100/${stage.garden.uid}/snapshot/meta`));
    await deploy();
    await stage.nodeRed.press("cam02_button");
    await written();
    assert.equal(readdirSync(join(folder, "new")).length, 1);
  });

  test("delivers a picture that was asked for once", async () => {
    await deploy();
    const from = stage.tap.count;
    await stage.nodeRed.press("cam02_button");
    const { json: meta } = await metaOf("request", from);
    await assertDelivered(meta.ts);
  });

  test("delivers the picture of a motion once", async () => {
    await deploy();
    const from = stage.tap.count;
    stage.garden.alarm(1);
    try {
      const { json: meta } = await metaOf("motion", from);
      await assertDelivered(meta.ts);
      assert.equal(shown("probe")[0].payload.sha256, sha256(stage.garden.picture));
      assert.equal(sha256(readFileSync(shown("cam02_written")[0])), sha256(stage.garden.picture));
    } finally {
      stage.garden.alarm(0);      // the next tests begin with a quiet camera
      await stage.tap.waitFor(`cam32100/${stage.garden.uid}/event/motion`, ({ json }) => json.active === false, from);
    }
  });

  test("leaves a picture alone that somebody fetched by HTTP", async () => {
    const url = await stage.bridge.httpUrl();
    await deploy();
    const from = stage.tap.count;
    const response = await fetch(`${url}/cameras/${stage.garden.uid}/snapshot.jpg?fresh=1`);
    assert.equal(response.status, 200);
    await metaOf("http", from);
    await assertDelivered();
  });

  test("leaves pictures of all reasons alone that nobody chose", async () => {
    await deploy({ CAM_BASE: "lab/02" });
    const topic = `lab/02/${stage.garden.uid}/snapshot`;
    const time = (second) => `2026-01-01T00:00:0${second}.000Z`;
    for (const [i, reason] of ["interval", "http", "alarm_in", "unknown_alarm"].entries()) {
      await publish(topic, stage.garden.picture, time(i), reason);
    }
    await publish(topic, stage.garden.picture, time(8), "request");
    await assertDeliveredUpTo([time(8)], [time(8)]);
    await stage.nodeRed.waitForStatus("cam02_join", ({ fill, text }) => fill === "grey" && /interval/.test(text));
  });

  test("delivers what was chosen, to a file and to Telegram apart", async () => {
    const lists = { TO_FILE: ["interval", "motion", "request"], TO_TELEGRAM: ["alarm_in", "request"] };
    await deploy({ CAM_BASE: "lab/02" }, choosing(lists));
    const topic = `lab/02/${stage.garden.uid}/snapshot`;
    const reasons = ["interval", "motion", "alarm_in", "http", "request"];
    const taken = reasons.map((reason, i) => ({ reason, ts: `2026-01-01T00:00:0${i}.000Z` }));
    for (const { ts, reason } of taken) await publish(topic, stage.garden.picture, ts, reason);
    const times = (list) => taken.filter(({ reason }) => list.includes(reason)).map(({ ts }) => ts);
    await assertDeliveredUpTo(times(lists.TO_FILE), times(lists.TO_TELEGRAM));
  });

  test("joins only what belongs together, in any order, and reads base64", async () => {
    await deploy({ CAM_BASE: "lab/02" });
    const topic = `lab/02/${stage.garden.uid}/snapshot`;
    const meta = (picture, ts) => ({ ts, reason: "request", sha256: sha256(picture) });
    const [first, second] = [stage.garden.picture, stage.gate.picture];
    await stage.broker.publish(topic, first);
    await stage.broker.publish(`${topic}/meta`, meta(second, "2026-01-01T00:00:02.000Z"));     // not of the first
    await stage.broker.publish(topic, second.toString("base64"));
    const { value: file } = await written();
    assert.match(file, /T00-00-02/);
    assert.equal(sha256(readFileSync(file)), sha256(second));
    await stage.broker.publish(`${topic}/meta`, meta(second, "2026-01-01T00:00:02.000Z"));     // delivered twice
    await stage.broker.publish(topic, second);
    await stage.broker.publish(`${topic}/meta`, meta(first, "2026-01-01T00:00:03.000Z"));
    await stage.broker.publish(topic, first);
    await written((name) => /T00-00-03/.test(name));
    assert.equal(stage.nodeRed.debugged.filter(({ id }) => id === "probe").length, 2);
  });

  test("says why there is no picture", async () => {
    await deploy({ CAM_UID: "VSTC-999999-ABCDE" });
    await stage.nodeRed.press("cam02_button");
    const { value } = await stage.nodeRed.waitForDebug("cam02_why");
    assert.match(value, /^no camera with this UID/);
    await stage.nodeRed.waitForStatus("cam02_why", ({ text }) => text === "unknown_camera");
  });

  test("says when the file cannot be written", async () => {
    const taken = join(stage.scratch, "no-folder");
    writeFileSync(taken, "");
    await deploy({ CAM_PICTURES: taken });
    await stage.nodeRed.press("cam02_button");
    await stage.nodeRed.waitForDebug("cam02_file_error", (text) => text.includes(taken));
  });
});
