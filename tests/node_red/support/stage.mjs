import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Broker } from "./broker.mjs";
import { Bridge, Camera } from "./cameras.mjs";
import { SOURCE } from "./flow_files.mjs";
import { NodeRed } from "./node_red.mjs";

// A broker, two cameras and a bridge, and Node-RED beside them.
export class Stage {
  constructor({ binary, modules }) {
    this.binary = binary;
    this.modules = modules;
    this.scratch = mkdtempSync(join(tmpdir(), "cam32100-node-red-"));
  }

  async start() {
    this.broker = await Broker.start(this.scratch);
    if (this.modules) this.starting = NodeRed.start(this.modules, this.scratch, this.broker);
    const pictures = join(SOURCE, "deploy/emulator-pictures");
    this.garden = new Camera(this.binary, this.scratch, "VSTC-123456-ABCDE", join(pictures, "garden.jpg"));
    this.gate = new Camera(this.binary, this.scratch, "VSTB-654321-EDCBA", join(pictures, "gate.jpg"));
    Object.assign(this.garden, { name: "Garden" });
    Object.assign(this.gate, { name: "Gate" });
    await Promise.all([this.garden.start(), this.gate.start()]);
    this.bridge = new Bridge(this.binary, this.scratch, this.broker, [this.garden, this.gate]);
    this.bridge.start();
    await this.waitUntilReady();
    this.nodeRed = await this.starting;
  }

  async waitUntilReady() {
    for (const { uid } of [this.garden, this.gate]) {
      await this.tap.waitForNewest(`cam32100/${uid}/info`, ({ json }) => json?.capabilities);
      await this.tap.waitForNewest(`cam32100/${uid}/availability`, ({ text }) => text === "online");
    }
  }

  get tap() { return this.broker.tap; }

  async end() {
    const nodeRed = await this.starting?.catch(() => undefined);
    for (const one of [nodeRed, this.bridge, this.garden, this.gate, this.broker]) {
      if (one) await one.end();
    }
    rmSync(this.scratch, { recursive: true, force: true });
  }
}
