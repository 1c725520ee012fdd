import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Child } from "./child.mjs";
import { until } from "./waiting.mjs";

export const sha256 = (data) => createHash("sha256").update(data).digest("hex");

// `cam32100 emulate`: a camera with one picture.
export class Camera {
  constructor(binary, scratch, uid, picture) {
    this.binary = binary;
    this.uid = uid;
    this.pictures = join(scratch, uid);
    mkdirSync(this.pictures);
    copyFileSync(picture, join(this.pictures, "picture.jpg"));
    this.picture = readFileSync(picture);
    this.port = 0;
  }

  async start() {
    this.process = new Child(this.uid, this.binary, ["emulate", "--uid", this.uid, "--bind", "127.0.0.1",
      "--port", String(this.port), "--pictures", this.pictures, "--control"]);
    const started = await this.process.waitForLine((line) => eventOf(line, "started"), "the camera starts");
    this.address = started.address;
    this.port = Number(started.address.split(":")[1]);
  }

  // 1: motion, 0: quiet.
  alarm(status) { this.process.write(`alarm ${status}\n`); }

  states() { return this.process.lines.map((line) => eventOf(line, "state")).filter(Boolean); }

  waitForState(good, what) {
    return until(this.process, () => this.states().slice(-1).find(good), what);
  }

  async end() { await this.process?.end(); }
}

function eventOf(line, event) {
  const value = line.startsWith("{") ? JSON.parse(line) : {};
  return value.event === event ? value : null;
}

// `cam32100 run` for these cameras, on loopback alone, quick to notice what happens to them.
export class Bridge {
  constructor(binary, scratch, broker, cameras) {
    this.binary = binary;
    this.broker = broker;
    this.file = join(scratch, "config.json");
    this.config = {
      mqtt: { url: broker.url },
      cameras: cameras.map(({ uid, name }) => ({ uid, name, password: "888888" })),
      lan: { targets: cameras.map(({ address }) => address) },
      http: { listen: "127.0.0.1:0" },
      timing: { status_poll_s: 1, backoff_max_s: 1, offline_grace_s: 1, connect_timeout_ms: 1000 },
      motion: { off_delay_s: 5 },
    };
    this.#write(this.config);
  }

  #write(config) { writeFileSync(this.file, JSON.stringify(config)); }

  start() { this.process = new Child("bridge", this.binary, ["run", "--config", this.file]); }

  // The address of its HTTP server.
  httpUrl() {
    return this.process.waitForLine((line) => {
      const found = /HTTP server listens on ([\d.:]+)/.exec(line);
      return found && `http://${found[1]}`;
    }, "the HTTP server listens");
  }

  // Changes what `http` of its configuration says while it runs; {} is what it began with.
  async setHttp(changes) {
    this.#write({ ...this.config, http: { ...this.config.http, ...changes } });
    const from = this.broker.tap.count;
    await this.broker.publish("cam32100/bridge/command/reload", "{}");
    await this.broker.tap.waitFor("cam32100/bridge/response/reload", ({ json }) => json?.status === "ok", from);
  }

  async end() { await this.process?.end(); }
}
