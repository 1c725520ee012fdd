import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { Child } from "./child.mjs";
import { onFreePort } from "./ports.mjs";
import { until } from "./waiting.mjs";

const MOSQUITTO = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"].find(existsSync) ?? "mosquitto";

// A mosquitto of our own, on loopback, with nothing kept on disk, and a subscriber that hears it all.
export class Broker {
  static async start(scratch) {
    const broker = new Broker();
    broker.file = join(scratch, "mosquitto.conf");
    await onFreePort((port) => broker.#listen(port));
    broker.tap = await broker.subscribe("#", "tap");
    return broker;
  }

  async #listen(port) {
    this.port = port;
    writeFileSync(this.file, [`listener ${port} 127.0.0.1`, "allow_anonymous true", "persistence false",
      `user ${userInfo().username}`, "log_dest stderr", "log_type all", ""].join("\n"));
    this.process = new Child("mosquitto", MOSQUITTO, ["-c", this.file]);
    await this.process.waitForLine((line) => /mosquitto version .* running/.test(line), "mosquitto runs");
  }

  // Away until `meanwhile` is done, then back without anything it had kept.
  async restart(meanwhile) {
    await this.end();
    await meanwhile();
    await this.#listen(this.port);
    this.tap = await this.subscribe("#", "tap");
  }

  get url() { return `mqtt://127.0.0.1:${this.port}`; }

  // How many subscriptions of clients whose id begins with `client` the broker has confirmed.
  confirmed(client) {
    return this.process.errors.filter((line) => line.includes(`Sending SUBACK to ${client}`)).length;
  }
  waitForConfirmed(client, count) {
    return until(this.process, () => this.confirmed(client) >= count, `${count} subscriptions of ${client}`);
  }

  async subscribe(filter, id) {
    const tap = new Tap(this, filter, id);
    await this.waitForConfirmed(id, 1);
    return tap;
  }

  async publish(topic, payload, { retain = false } = {}) {
    const data = Buffer.isBuffer(payload) || typeof payload === "string" ? payload : JSON.stringify(payload);
    const args = ["-V", "5", "-h", "127.0.0.1", "-p", String(this.port), "-q", "1", "-t", topic,
      data.length ? "-s" : "-n", ...(retain ? ["-r"] : [])];
    const child = new Child("mosquitto_pub", "mosquitto_pub", args);
    child.process.stdin.end(data);
    if (await child.ended) throw new Error(`mosquitto_pub: ${child.tail()}`);
  }

  async end() {
    await this.tap.end();
    await this.process.end();
  }
}

// A subscriber. `retained` is as it sees it: kept by the broker from before it subscribed.
export class Tap extends Child {
  constructor(broker, filter, id) {
    super("mosquitto_sub", "mosquitto_sub", ["-V", "5", "-h", "127.0.0.1", "-p", String(broker.port), "-i", id,
      "-t", filter, "-q", "1", "-F", "%r %t %x"]);
  }

  messages(from = 0) {
    return this.lines.slice(from).map((line) => {
      const [retained, topic, hex = ""] = line.split(" ");
      const payload = Buffer.from(hex, "hex");
      const text = payload.toString();
      return { retained: retained === "1", topic, payload, text, get json() { return parsed(text); } };
    });
  }

  get count() { return this.lines.length; }

  // The first message at or after `from` on `topic` that `good` accepts.
  waitFor(topic, good = () => true, from = 0, limit = undefined) {
    const look = () => this.messages(from).find((one) => one.topic === topic && good(one));
    return until(this, look, `a message on ${topic}`, limit);
  }

  // The newest message on `topic`, once `good` accepts it.
  waitForNewest(topic, good, limit = undefined) {
    return until(this, () => {
      const newest = this.messages().filter((one) => one.topic === topic).pop();
      return newest && good(newest) ? newest : undefined;
    }, `the newest message on ${topic}`, limit);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
