// A debug node of the test on one output of a shipped node; `code` may make of `msg` what a test can judge.
export function probe(nodes, id, port = 0, code = "return msg;") {
  const watched = nodes.find((node) => node.id === id);
  watched.wires[port].push("probe_code");
  nodes.push(
    { id: "probe_code", type: "function", z: watched.z, name: "", func: code, outputs: 1, timeout: 0, noerr: 0,
      initialize: "", finalize: "", libs: [{ var: "crypto", module: "crypto" }], x: 0, y: 0, wires: [["probe"]] },
    { id: "probe", type: "debug", z: watched.z, name: "", active: true, tosidebar: true, console: false,
      tostatus: false, complete: "true", targetType: "full", statusVal: "", statusType: "auto", x: 0, y: 0,
      wires: [] });
  return nodes;
}
