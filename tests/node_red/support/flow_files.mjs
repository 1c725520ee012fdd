import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const SOURCE = fileURLToPath(new URL("../../../", import.meta.url));
const FOLDER = join(SOURCE, "deploy/node-red");

export const BROKER_ID = "cam32100_broker";

// Node-RED's own node types that the flows may use; flows_test asks Node-RED whether they are.
export const CORE_TYPES = [
  "tab", "subflow", "comment", "inject", "debug", "catch", "status", "link in", "function", "switch", "change",
  "template", "delay", "trigger", "rbe", "mqtt-broker", "mqtt in", "mqtt out", "http in", "http response",
  "http request", "file",
];

export function flowFiles() {
  return readdirSync(FOLDER).filter((name) => name.endsWith(".json")).sort().map((name) => {
    const text = readFileSync(join(FOLDER, name), "utf8");
    return { name, text, nodes: JSON.parse(text) };
  });
}

// The nodes of the file whose name begins with `number`, a fresh copy.
export function flow(number) {
  return flowFiles().find(({ name }) => name.startsWith(number)).nodes;
}
