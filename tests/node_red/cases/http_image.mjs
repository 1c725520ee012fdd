import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { describe, test } from "node:test";
import { sha256 } from "../support/cameras.mjs";
import { flow } from "../support/flow_files.mjs";

export default (stage) => describe("07 pictures by HTTP", () => {
  const get = (uid) => fetch(`${stage.nodeRed.url}/cam/${uid}.jpg`);
  const bytes = async (response) => sha256(Buffer.from(await response.arrayBuffer()));
  const kept = (uid, size) => stage.nodeRed.waitForStatus("cam07_keep", ({ text }) => text === `${uid}, ${size} bytes`);

  test("gives the last picture of each camera", async () => {
    await stage.nodeRed.deploy(flow("07"));
    for (const camera of [stage.garden, stage.gate]) {
      const from = stage.tap.count;
      await stage.broker.publish(`cam32100/${camera.uid}/command/snapshot`, "");
      const { json: meta } = await stage.tap.waitFor(`cam32100/${camera.uid}/snapshot/meta`, () => true, from);
      await kept(camera.uid, camera.picture.length);
      // A picture of the same size may have been kept already: the meta tells when the new one is there.
      const modified = new Date(meta.ts).toUTCString();
      const limit = Date.now() + 10_000;
      let response = await get(camera.uid);
      while (response.headers.get("last-modified") !== modified && Date.now() < limit) response = await get(camera.uid);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-type"), "image/jpeg");
      assert.equal(response.headers.get("cache-control"), "no-store");
      assert.equal(response.headers.get("content-length"), String(camera.picture.length));
      assert.equal(response.headers.get("last-modified"), modified);
      assert.equal(await bytes(response), sha256(camera.picture));
    }
  });

  test("knows the picture that the broker kept, under any spelling of the id", async () => {
    await stage.nodeRed.deploy(flow("07"));
    const { uid } = stage.gate;
    await kept(uid, stage.gate.picture.length);
    for (const spelling of [uid, uid.toLowerCase(), uid.replace(/-/g, "").toLowerCase()]) {
      const response = await get(spelling);
      assert.equal(response.status, 200, spelling);
      assert.equal(await bytes(response), sha256(stage.gate.picture));
    }
  });

  test("answers 404 for a camera without picture, and for one that was removed", async () => {
    const uid = "VSTC-000007-AAAAA";
    await stage.nodeRed.deploy(flow("07"), { CAM_BASE: "lab/07" });
    for (const name of [uid, "constructor", "__proto__"]) {
      const response = await get(name);
      assert.equal(response.status, 404, name);
      assert.match(response.headers.get("content-type"), /^text\/plain/);
      assert.equal(response.headers.get("cache-control"), "no-store");
    }
    await stage.broker.publish(`lab/07/${uid}/snapshot`, stage.garden.picture);
    await kept(uid, stage.garden.picture.length);
    assert.equal((await get(uid)).status, 200);
    await stage.broker.publish(`lab/07/${uid}/snapshot`, "");
    await stage.broker.publish("lab/07/VSTC-000008-AAAAA/snapshot", stage.garden.picture);
    await kept("VSTC-000008-AAAAA", stage.garden.picture.length);
    assert.equal((await get(uid)).status, 404);
  });

  test("reads base64, and keeps the old picture when something else comes", async () => {
    const topic = "lab/07/VSTC-000009-AAAAA/snapshot";
    await stage.nodeRed.deploy(flow("07"), { CAM_BASE: "lab/07" });
    await stage.broker.publish(topic, stage.gate.picture.toString("base64"));
    await stage.broker.publish(topic, "not a picture");
    await stage.broker.publish("lab/07/VSTC-000010-AAAAA/snapshot", stage.garden.picture);
    await kept("VSTC-000010-AAAAA", stage.garden.picture.length);
    assert.equal(await bytes(await get("VSTC-000009-AAAAA")), sha256(stage.gate.picture));
  });

  test("fetches a picture that is only named by its address", async () => {
    const server = createServer((request, response) => {
      const there = request.url === "/snapshot.jpg";
      response.writeHead(there ? 200 : 404, { "content-type": "image/jpeg" }).end(there ? stage.gate.picture : "");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${server.address().port}`;
    const uid = "VSTC-000011-AAAAA";
    try {
      await stage.nodeRed.deploy(flow("07"), { CAM_BASE: "lab/07" });
      const tell = (name) => stage.broker.publish(`lab/07/${uid}/snapshot/meta`,
        { ts: "2026-01-01T00:00:00.000Z", url: `${url}/${name}` });
      await tell("gone.jpg");
      await stage.nodeRed.waitForStatus("cam07_fetched", ({ text }) => text === `${uid}: 404`);
      assert.equal((await get(uid)).status, 404);
      await tell("snapshot.jpg");
      const { length } = stage.gate.picture;
      await stage.nodeRed.waitForStatus("cam07_fetched", ({ text }) => text === `${uid}, ${length} bytes`);
      assert.equal(await bytes(await get(uid)), sha256(stage.gate.picture));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
