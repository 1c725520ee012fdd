// The topics that flow files use, and whether the bridge has them.

// What is not the bridge's: lights, plugs, Node-RED's own memory, replies.
const FOREIGN = ["PLUG_TOPIC", "OWN_MEMORY_TOPIC", "REPLY_TOPIC"];
const BASE = "cam32100";
const UID = "VSTC-123456-ABCDE";

// {id, topic, direction} of every topic under the bridge's base, "out" being what the bridge publishes.
export function topicsOf(nodes) {
  const topics = [];
  for (const { id, type, topic, z, func } of nodes) {
    if (type === "mqtt in" || (type === "mqtt out" && topic)) {
      const [, name] = /^\$\{(\w+)\}$/.exec(topic) ?? [undefined, undefined];
      if (!name) throw new Error(`${id}: ${topic} is not a \${NAME} of its tab`);
      if (FOREIGN.includes(name)) continue;
      const { env } = nodes.find((one) => one.id === z);
      topics.push({ id, topic: resolved(name, env), direction: type === "mqtt in" ? "out" : "in" });
    }
    // Topics that a function composes go to the bridge.
    for (const [, text] of (func ?? "").matchAll(/`(\$\{env\.get\("BASE"\)\}\/[^`]*)`/g)) {
      const composed = text.replace('${env.get("BASE")}', BASE).replace(/\$\{[^}]*\}/g, "+");
      topics.push({ id, topic: composed, direction: "in" });
    }
  }
  return topics;
}

function resolved(name, env) {
  if (name === "BASE") return BASE;
  if (name === "UID") return UID;
  const entry = env.find((one) => one.name === name);
  if (entry?.type !== "env") throw new Error(`${name} is no topic of its tab`);
  return entry.value.replace(/\$\{(\w+)\}/g, (_, inner) => resolved(inner, env));
}

// Whether the filter can match the topic as bridge/info words it: cam32100/<UID>/response/<command>.
export function fits(filter, published, bridge) {
  const want = filter.split("/");
  const have = published.split("/");
  return have.every((level, i) => want[i] === "#" || want.slice(0, i).includes("#") || same(want[i], level, bridge)) &&
    (want.length === have.length || want.includes("#"));
}

function same(want, level, { commands }) {
  if (want === "+" || want === level) return true;
  if (level === "<UID>") return want === UID;
  if (level === "<type>") return ["motion", "online", "offline"].includes(want);
  if (level === "<command>") return want === "error" || want in commands.camera || want in commands.bridge;
  return false;
}
