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

export default (stage) => describe("02 picture to file and Telegram", () => {
  let folder;
  const deploy = (settings = {}) => {
    folder = mkdtempSync(join(stage.scratch, "pictures-"));
    return stage.nodeRed.deploy(probe(flow("02"), "cam02_photo", 0, PHOTO),
      { CAM_UID: stage.garden.uid, CAM_PICTURES: join(folder, "new"), CAM_TELEGRAM_CHAT: "-10012", ...settings });
  };
  const written = (good) => stage.nodeRed.waitForDebug("cam02_written", good);

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

  test("stores the picture of a motion", async () => {
    await deploy();
    const from = stage.tap.count;
    stage.garden.alarm(1);
    const { value: photo } = await stage.nodeRed.waitForDebug("probe");
    assert.equal(photo.payload.sha256, sha256(stage.garden.picture));
    assert.equal(sha256(readFileSync((await written()).value)), sha256(stage.garden.picture));
    stage.garden.alarm(0);
    await stage.tap.waitFor(`cam32100/${stage.garden.uid}/event/motion`, ({ json }) => json.active === false, from);
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
