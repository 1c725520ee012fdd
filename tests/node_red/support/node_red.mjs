import { EventEmitter } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Child, plainEnvironment } from "./child.mjs";
import { BROKER_ID } from "./flow_files.mjs";
import { onFreePort } from "./ports.mjs";
import { PATIENCE, until } from "./waiting.mjs";

const SETTINGS = (port) => `module.exports = {
  uiHost: "127.0.0.1", uiPort: ${port}, flowFile: "flows.json", credentialSecret: false, mqttReconnectTime: 200,
  // Nothing leaves this machine.
  telemetry: { enabled: false, updateNotification: false },
  externalModules: { autoInstall: false, palette: { allowInstall: false }, modules: { allowInstall: false } },
};
`;

// Node-RED without a browser. What an editor would show in its debug sidebar comes in `debugged`.
export class NodeRed extends EventEmitter {
  static async start(modules, scratch, broker) {
    const nodeRed = new NodeRed();
    nodeRed.setMaxListeners(0);
    nodeRed.broker = broker;
    nodeRed.folder = join(scratch, "node-red");
    nodeRed.debugged = [];
    nodeRed.statuses = [];        // what nodes showed under them: id, fill, shape, text
    nodeRed.deployments = 0;
    mkdirSync(nodeRed.folder);
    await onFreePort(async (port) => {
      nodeRed.url = `http://127.0.0.1:${port}`;
      writeFileSync(join(nodeRed.folder, "settings.js"), SETTINGS(port));
      nodeRed.process = new Child("node-red", process.execPath, [join(modules, "node-red/red.js"),
        "--userDir", nodeRed.folder, "--settings", join(nodeRed.folder, "settings.js")],
      { cwd: nodeRed.folder, env: plainEnvironment({ HOME: nodeRed.folder, NO_UPDATE_NOTIFIER: "1" }) });
      await nodeRed.process.waitForLine((line) => /Started flows/.test(line), "Node-RED starts", 0, 60000);
    });
    await nodeRed.#listen(modules);
    return nodeRed;
  }

  // The channel of the editor.
  #listen(modules) {
    const require = createRequire(join(modules, "@node-red/editor-api/package.json"));
    const WebSocket = require("ws");
    this.socket = new WebSocket(`${this.url.replace("http", "ws")}/comms`);
    this.socket.on("message", (text) => {
      for (const { topic, data } of [JSON.parse(text)].flat()) {
        if (topic === "debug") this.debugged.push({ id: data.id, ...debugValue(data) });
        if (topic === "notification/runtime-deploy") ++this.deployments;
        if (topic?.startsWith("status/")) this.statuses.push({ id: topic.slice(7), ...data });
      }
      this.emit("change");
    });
    return new Promise((resolve, reject) => {
      this.socket.once("error", reject);
      this.socket.once("open", () => {
        for (const subscribe of ["debug", "status/#", "notification/#"]) {
          this.socket.send(JSON.stringify({ subscribe }));
        }
        resolve();
      });
    });
  }

  // These nodes and nothing else, as somebody who imports a file, sets the broker's address and presses
  // Deploy. `settings` are environment variables (Settings, Environment), `version` the broker node's.
  // Everything starts anew, with an empty memory, and is subscribed when this returns.
  async deploy(nodes, settings = {}, { version = "5", subscriptions = subscriptionsOf(nodes) } = {}) {
    await this.#post([]);
    this.debugged.length = this.statuses.length = 0;
    const broker = nodes.find(({ id }) => id === BROKER_ID);
    Object.assign(broker, { broker: "${MQTT_HOST}", port: "${MQTT_PORT}", protocolVersion: version });
    const where = { MQTT_HOST: "127.0.0.1", MQTT_PORT: this.broker.port };
    const env = Object.entries({ ...where, ...settings })
      .map(([name, value]) => ({ name, value: String(value), type: "str" }));
    const before = this.broker.confirmed("nodered");
    await this.#post([...nodes, { id: "test_environment", type: "global-config", env, modules: {} }]);
    await this.broker.waitForConfirmed("nodered", before + subscriptions);
  }

  // Returns after everything that the nodes before had to say.
  async #post(nodes) {
    const before = this.deployments;
    const response = await fetch(`${this.url}/flows`, {
      method: "POST", body: JSON.stringify(nodes), signal: AbortSignal.timeout(PATIENCE),
      headers: { "content-type": "application/json", "Node-RED-Deployment-Type": "full" },
    });
    if (!response.ok) throw new Error(`Node-RED refuses the flows: ${response.status} ${await response.text()}`);
    await until(this, () => this.deployments > before, "the notice of the deployment");
  }

  // What pressing the button of an inject node does.
  async press(id) {
    const response = await fetch(`${this.url}/inject/${id}`, { method: "POST", signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) throw new Error(`inject node ${id}: ${response.status}`);
  }

  // The first thing that the debug node `id` showed and `good` accepts.
  waitForDebug(id, good = () => true, limit = undefined) {
    const look = () => this.debugged.find((one) => one.id === id && good(one.value));
    return until(this, look, `something in debug node ${id}`, limit);
  }
  waitForStatus(id, good, from = 0) {
    const look = () => this.statuses.slice(from).find((one) => one.id === id && good(one));
    return until(this, look, `a status of ${id}`);
  }

  name = "node-red";
  tail() {
    const shown = this.debugged.slice(-5).map((one) => JSON.stringify(one).slice(0, 300));
    return [...shown, this.process.tail()].join("\n");
  }

  async end() {
    this.socket.terminate();
    await this.process.end();
  }
}

function subscriptionsOf(nodes) {
  return nodes.filter(({ type }) => type === "mqtt in").reduce((sum, { z }) => sum + instances(nodes, z), 0);
}

// How often the nodes of a tab or subflow run: once, or once for each instance.
function instances(nodes, z) {
  return nodes.some(({ id, type }) => id === z && type === "tab") ? 1
    : nodes.filter(({ type }) => type === `subflow:${z}`).length;
}

function debugValue({ msg, format }) {
  const isText = /^string/.test(format);
  try {
    return { value: isText ? msg : JSON.parse(msg), format };
  } catch {
    return { value: msg, format };
  }
}
