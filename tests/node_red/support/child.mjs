import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import { until } from "./waiting.mjs";

const running = new Set();
process.on("exit", () => { for (const child of running) child.process.kill("SIGKILL"); });

// A process of ours, its lines of output in order. It ends when we end, however we end.
export class Child extends EventEmitter {
  constructor(name, command, args, options = {}) {
    super();
    this.setMaxListeners(0);
    this.name = name;
    this.lines = [];      // standard output
    this.errors = [];     // standard error
    this.process = spawn("setpriv", ["--pdeathsig", "TERM", "--", command, ...args], {
      stdio: ["pipe", "pipe", "pipe"], env: options.env ?? plainEnvironment(), cwd: options.cwd,
    });
    running.add(this);
    this.#read(this.process.stdout, this.lines);
    this.#read(this.process.stderr, this.errors);
    this.process.stdin.on("error", () => {});       // it has ended; whoever waits for its answer is told
    this.ended = once(this.process, "close").then(([code]) => {
      running.delete(this);
      this.exitCode = code;
      this.emit("change");
      return code;
    });
  }

  #read(stream, lines) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      this.emit("change");
    });
  }

  write(text) { this.process.stdin.write(text); }

  // The first line at or after `from`, of either stream, for which `look` gives something.
  waitForLine(look, what, from = 0, limit = undefined) {
    return until(this, () => {
      for (const line of [...this.lines.slice(from), ...this.errors]) {
        const found = look(line);
        if (found) return found;
      }
      if (this.exitCode !== undefined) throw new Error(`${this.name} ended instead of: ${what}\n${this.tail()}`);
      return undefined;
    }, what, limit);
  }

  tail(count = 30) {
    return [...this.lines.slice(-count), ...this.errors.slice(-count)].map((line) => line.slice(0, 300)).join("\n");
  }

  // Asks, and insists after five seconds.
  async end() {
    if (this.exitCode !== undefined) return;
    this.process.kill("SIGTERM");
    const insist = setTimeout(() => this.process.kill("SIGKILL"), 5000);
    await this.ended;
    clearTimeout(insist);
  }
}

// Nothing of the person who runs the tests: his brokers, cameras and proxies stay out of it.
export function plainEnvironment(more = {}) {
  return { PATH: process.env.PATH, HOME: process.env.HOME, LANG: "C.UTF-8", TZ: "UTC", ...more };
}
