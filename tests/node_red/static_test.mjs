// What can be said of the shipped flows without Node-RED: their form, their wires, and that every topic
// in them is one that a running bridge says it has. Wants PROGRAM_UNDER_TEST; tests/node_red/run sets it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import vm from "node:vm";
import { BROKER_ID, CORE_TYPES, flowFiles, SOURCE } from "./support/flow_files.mjs";
import { Stage } from "./support/stage.mjs";
import { fits, topicsOf } from "./support/topics.mjs";

const files = flowFiles();
const README = readFileSync(`${SOURCE}deploy/node-red/README.md`, "utf8");
const ofType = (nodes, ...types) => nodes.filter(({ type }) => types.includes(type));
// The ids that a node, or the edge of a subflow, names.
function leadsTo({ wires = [], links = [], scope = [], in: inputs = [], out = [], status }) {
  const edges = [...inputs, ...out, ...(status ? [status] : [])];
  return [...wires.flat(), ...links, ...scope, ...edges.flatMap((edge) => edge.wires.map(({ id }) => id))];
}
const perFile = (name, check) => test(name, () => { for (const file of files) check(file.nodes, file); });

describe("the flow files", () => {
  test("are seven, and the README tells of each", () => {
    assert.deepEqual(files.map(({ name }) => name.slice(0, 2)), ["01", "02", "03", "04", "05", "06", "07"]);
    for (const { name } of files) assert.ok(README.includes(`(${name})`), name);
  });

  perFile("have the form of Node-RED's formatted export", (nodes, { name, text }) => {
    assert.equal(text, `${JSON.stringify(nodes, null, 4)}\n`, name);
  });

  perFile("use Node-RED's own nodes alone", (nodes, { name }) => {
    const subflows = ofType(nodes, "subflow").map(({ id }) => `subflow:${id}`);
    const strange = nodes.filter(({ type }) => ![...CORE_TYPES, ...subflows].includes(type));
    assert.deepEqual(strange.map(({ id, type }) => `${name}: ${id} ${type}`), []);
  });

  test("have ids that are unique over all files, but for the one broker node that all share", () => {
    const ids = files.flatMap(({ nodes }) => nodes.map(({ id }) => id)).filter((id) => id !== BROKER_ID);
    assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), []);
    const brokers = files.map(({ nodes }) => ofType(nodes, "mqtt-broker"));
    for (const [broker, ...more] of brokers) {
      assert.deepEqual(more, []);
      assert.deepEqual(broker, brokers[0][0]);
      assert.deepEqual([broker.id, broker.name, broker.tls, broker.clientid], [BROKER_ID, "cam32100 broker", "", ""]);
      for (const key of ["credentials", "user", "username", "password"]) assert.ok(!(key in broker), key);
    }
  });

  perFile("have wires, links and scopes that lead to nodes of the same tab", (nodes, { name }) => {
    const tabs = new Set(ofType(nodes, "tab", "subflow").map(({ id }) => id));
    for (const node of nodes) {
      if (node.id !== BROKER_ID && !tabs.has(node.id)) assert.ok(tabs.has(node.z), `${name}: ${node.id} is on no tab`);
      const z = node.type === "subflow" ? node.id : node.z;
      for (const id of leadsTo(node)) {
        assert.equal(nodes.find((one) => one.id === id)?.z, z, `${name}: ${node.id} -> ${id}`);
      }
      if (/^mqtt (in|out)$/.test(node.type)) {
        assert.ok([BROKER_ID, "${BROKER}"].includes(node.broker), `${name}: ${node.id}`);
      }
    }
  });

  perFile("explain each tab in a comment", (nodes, { name }) => {
    for (const { id, info } of ofType(nodes, "tab")) {
      assert.ok(info.length > 40, name);
      assert.ok(ofType(nodes, "comment").some((one) => one.z === id && one.info.length > 100), name);
    }
  });

  perFile("have settings that the tab's text and the README name", (nodes, { name }) => {
    for (const { info, env } of ofType(nodes, "tab")) {
      for (const [setting] of JSON.stringify(env).matchAll(/CAM_\w+/g)) {
        assert.ok(info.includes(`\`${setting}\``), `${name}: ${setting}`);
        assert.ok(README.includes(`\`${setting}\``), `README: ${setting}`);
      }
    }
  });

  perFile("never send a retained command, and know live messages from kept ones", (nodes, { name }) => {
    for (const node of ofType(nodes, "mqtt out")) {
      // Empty would take the retain flag of the message.
      assert.ok(["true", "false"].includes(node.retain), `${name}: ${node.id}`);
      assert.equal(node.retain === "true", node.topic === "${OWN_MEMORY_TOPIC}", `${name}: ${node.id}`);
      assert.equal(node.qos, "1", `${name}: ${node.id}`);
    }
    for (const { id, nl, rap } of ofType(nodes, "mqtt in")) {
      assert.deepEqual([nl, rap], [false, false], `${name}: ${id}`);
    }
  });

  perFile("have code that compiles", (nodes, { name }) => {
    for (const { id, func, initialize, finalize } of ofType(nodes, "function")) {
      for (const code of [func, initialize, finalize]) {
        assert.doesNotThrow(() => new vm.Script(`(async function (msg) {${code}\n})`), `${name}: ${id}`);
      }
    }
    for (const { id, template, format } of ofType(nodes, "template")) {
      if (format === "javascript") assert.doesNotThrow(() => new vm.Script(template), `${name}: ${id}`);
    }
  });
});

describe("the topics of the flows", { timeout: 60000 }, () => {
  const stage = new Stage({ binary: process.env.PROGRAM_UNDER_TEST });
  let bridge;
  before(async () => {
    await stage.start();
    bridge = (await stage.tap.waitFor("cam32100/bridge/info", ({ json }) => json?.topics)).json;
  });
  after(() => stage.end());

  for (const { name, nodes } of files) {
    test(`${name} has only topics that the bridge has`, () => {
      const topics = topicsOf(nodes);
      assert.ok(topics.length > 0);
      for (const { id, topic, direction } of topics) {
        const is = bridge.topics.some((one) => one.direction === direction && fits(topic, one.topic, bridge));
        assert.ok(is, `${id}: ${topic} is nothing that the bridge ${direction === "out" ? "says" : "hears"}`);
      }
    });
  }

  test("would be told from others", () => {
    const out = bridge.topics.filter(({ direction }) => direction === "out");
    const published = (leaf, base = "cam32100") => out.some((one) => fits(`${base}/${leaf}`, one.topic, bridge));
    for (const good of ["+/event", "+/event/motion", "bridge/cameras", "+/response/#"]) {
      assert.ok(published(good), good);
    }
    for (const bad of ["+/events", "+/event/movement", "bridge/camera", "+/command/ptz", "+/response/move"]) {
      assert.ok(!published(bad), bad);
    }
    assert.ok(!published("+/event", "camera"));
  });
});
