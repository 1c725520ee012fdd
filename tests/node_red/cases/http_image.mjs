import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { sha256 } from "../support/cameras.mjs";
import { flow } from "../support/flow_files.mjs";
import { freePort } from "../support/ports.mjs";
import { probe } from "../support/probe.mjs";

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

  describe("with the bridge's HTTP server", () => {
    let url;
    const camera = () => stage.garden;
    const address = (uid) => `${url}/cameras/${uid}/snapshot.jpg`;
    const fresh = (uid = camera().uid) => fetch(`${stage.nodeRed.url}/cam/${uid}.jpg?fresh=1`);
    const takenAt = async (token = "") => {
      const response = await fetch(address(camera().uid), { headers: { authorization: `Bearer ${token}` } });
      return response.headers.get("x-snapshot-time");
    };
    const fetched = ({ uid, picture }) =>
      stage.nodeRed.waitForStatus("cam07_fetched", ({ text }) => text === `${uid}, ${picture.length} bytes`);
    // The command, and what the bridge answers.
    async function take(args) {
      const from = stage.tap.count;
      const command = `cam32100/${camera().uid}/command/snapshot`;
      await stage.broker.publish(command, args);
      const { json } = await stage.tap.waitFor(command.replace("command", "response"), () => true, from);
      assert.equal(json.status, "ok", JSON.stringify(json.error));
      return { ...json.data, from };
    }
    // Neither Node-RED nor the broker has a picture of the camera.
    async function forget() {
      await stage.broker.publish(`cam32100/${camera().uid}/snapshot`, "", { retain: true });
    }
    async function fails(answer, status, code, message) {
      assert.equal(answer.status, status);
      // Not that of an answer which the broker kept: it is fetched as well, at the start.
      const { value } = await stage.nodeRed.waitForDebug("cam07_failed",
        (payload) => payload.code === code && payload.url.endsWith("?fresh=1"));
      assert.match(value.message, message);
      assert.equal(await answer.text(), `${value.message}\n`);
      return value;
    }

    before(async () => {
      url = await stage.bridge.httpUrl();
      await stage.bridge.setHttp({ public_url: url });
    });
    after(() => stage.bridge.setHttp({}));

    test("the address in the meta leads to the same picture, and fresh=1 to a new one", async () => {
      const { from, url: named } = await take({});
      const { json: meta } = await stage.tap.waitFor(`cam32100/${camera().uid}/snapshot/meta`, () => true, from);
      assert.equal(meta.url, address(camera().uid));
      assert.equal(named, meta.url);
      const last = await fetch(meta.url);
      assert.equal(last.headers.get("content-type"), "image/jpeg");
      assert.equal(last.headers.get("x-snapshot-time"), meta.ts);
      assert.deepEqual([await bytes(last), meta.sha256], Array(2).fill(sha256(camera().picture)));
      const another = await fetch(`${meta.url}?fresh=1`);
      assert.ok(another.headers.get("x-snapshot-time") > meta.ts);
      assert.equal(await bytes(another), sha256(camera().picture));
    });

    test("fetches a picture that is only named by its address", async () => {
      await forget();
      await stage.nodeRed.deploy(flow("07"));
      assert.equal((await get(camera().uid)).status, 404);
      const { url: named, topic, sha256: sum, from } = await take({ deliver: "url" });
      assert.deepEqual([named, topic], [address(camera().uid), undefined]);
      await fetched(camera());
      const response = await get(camera().uid);
      assert.deepEqual([await bytes(response), sum], Array(2).fill(sha256(camera().picture)));
      assert.equal(response.headers.get("last-modified"), new Date(await takenAt()).toUTCString());
      const pictures = stage.tap.messages(from).filter((one) => one.topic === `cam32100/${camera().uid}/snapshot`);
      assert.deepEqual(pictures, []);
    });

    test("takes a new picture, and finds the last one, without any on MQTT", async () => {
      await forget();
      await stage.nodeRed.deploy(probe(flow("07"), "cam07_fetch", 0, `
        return { statusCode: msg.statusCode, sha256: crypto.createHash("sha256").update(msg.payload).digest("hex") };`),
      { CAM_BRIDGE_URL: `${url}/` });
      const before = await takenAt();
      const last = await get(camera().uid);
      assert.equal(await bytes(last), sha256(camera().picture));
      assert.equal(await takenAt(), before);
      const another = await fresh();
      assert.equal(another.status, 200);
      assert.equal(another.headers.get("content-type"), "image/jpeg");
      assert.equal(another.headers.get("cache-control"), "no-store");
      assert.equal(another.headers.get("authorization"), null);
      assert.equal(await bytes(another), sha256(camera().picture));
      assert.ok(await takenAt() > before);
      const { value } = await stage.nodeRed.waitForDebug("probe");
      assert.deepEqual([value.statusCode, value.sha256], [200, sha256(camera().picture)]);
    });

    test("says what is wrong when the bridge wants a token, and brings it", async () => {
      await stage.bridge.setHttp({ public_url: url, token: "house-token" });
      await stage.nodeRed.deploy(flow("07"), { CAM_BRIDGE_URL: url });
      const { status } = await fails(await fresh(), 502, "forbidden", /http\.token.*BRIDGE_TOKEN/);
      assert.equal(status, 401);
      await stage.nodeRed.deploy(flow("07"), { CAM_BRIDGE_URL: url, CAM_BRIDGE_TOKEN: "house-token" });
      const before = await takenAt("house-token");
      assert.equal(await bytes(await fresh()), sha256(camera().picture));
      assert.ok(await takenAt("house-token") > before);
      await forget();
      await stage.nodeRed.deploy(flow("07"), { CAM_BRIDGE_URL: url, CAM_BRIDGE_TOKEN: "house-token" });
      await take({ deliver: "url" });
      await fetched(camera());
      assert.equal(await bytes(await get(camera().uid)), sha256(camera().picture));
    });

    test("says what is wrong with a camera that the bridge does not know, and without a bridge", async () => {
      await stage.bridge.setHttp({ public_url: url });
      await stage.nodeRed.deploy(flow("07"), { CAM_BRIDGE_URL: url });
      const uid = "VSTC-000011-AAAAA";
      const unknown = await fails(await fresh(uid), 404, "unknown_camera", /camera/);
      assert.deepEqual([unknown.uid, unknown.url], [uid, `${address(uid)}?fresh=1`]);
      const gone = `http://127.0.0.1:${await freePort()}`;
      await stage.nodeRed.deploy(flow("07"), { CAM_BRIDGE_URL: gone });
      const none = await fails(await fresh(), 502, "no_bridge", /no bridge answers at http.*ECONNREFUSED/);
      assert.deepEqual([none.status, none.url.startsWith(gone)], [null, true]);
      await stage.nodeRed.deploy(flow("07"));
      const unset = await fresh();
      assert.equal(unset.status, 501);
      assert.match(await unset.text(), /BRIDGE_URL/);
    });

    test("keeps the token from an address that came by MQTT, and the old picture when there is none", async () => {
      const asked = [];
      const server = createServer((request, response) => {
        asked.push(request.headers.authorization);
        response.writeHead(200, { "content-type": "text/html" }).end("<p>not a picture</p>");
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      const strange = `http://127.0.0.1:${server.address().port}/snapshot.jpg`;
      const uid = "VSTC-000012-AAAAA";
      try {
        await stage.nodeRed.deploy(flow("07"), { CAM_BASE: "lab/07", CAM_BRIDGE_TOKEN: "house-token" });
        await stage.broker.publish(`lab/07/${uid}/snapshot`, stage.gate.picture);
        await kept(uid, stage.gate.picture.length);
        const answer = (more) => stage.broker.publish(`lab/07/${uid}/response/snapshot`, { uid, status: "ok", ...more });
        await answer({ status: "error", data: { url: strange } });
        await answer({ data: { url: strange, topic: `lab/07/${uid}/snapshot` } });
        await answer({ data: { url: strange } });
        const { value } = await stage.nodeRed.waitForDebug("cam07_failed", ({ code }) => code === "no_picture");
        assert.match(value.message, /answered 200, and no picture/);
        assert.deepEqual(asked, [undefined]);
        assert.equal(await bytes(await get(uid)), sha256(stage.gate.picture));
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });
  });
});
