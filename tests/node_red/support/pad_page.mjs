// The page of flow 03 without a browser: its own script, with as much of a document as it uses.
import assert from "node:assert/strict";
import vm from "node:vm";

class Element extends EventTarget {
  constructor(id, dataset = {}) {
    super();
    Object.assign(this, { id, dataset, children: [], textContent: "", hidden: false, disabled: false });
  }
  classList = { add() {}, remove() {} };
  setPointerCapture() {}
  replaceChildren(...children) { this.children = children; this.value = children[0]?.value; }
}

// Gives the page at `url` once its list of cameras is there.
export async function openPad(url) {
  const html = await (await fetch(url)).text();
  const script = await (await fetch(`${url}.js`)).text();
  assert.match(html, /<script src="pad.js">/);
  const elements = new Map([...html.matchAll(/id="(\w+)"/g)].map(([, id]) => [id, new Element(id)]));
  const buttons = [...html.matchAll(/data-move="(\w+)"/g)].map(([, move]) => new Element(move, { move }));
  const timers = [];
  const asked = [];       // every request of the page, to know when it is done
  const document = Object.assign(new EventTarget(), {
    hidden: false, getElementById: (id) => elements.get(id), querySelectorAll: () => buttons,
  });
  vm.runInNewContext(script, {
    document, window: new EventTarget(), encodeURIComponent, console, clearInterval,
    Option: function (text, value = text) { Object.assign(this, { text, value }); },
    setInterval: (...call) => { timers.push(setInterval(...call).unref()); return timers.at(-1); },
    fetch: (path, ...rest) => { asked.push(fetch(new URL(path, url), ...rest)); return asked.at(-1); },
  });
  await settled();

  async function settled() {
    let count;
    do {
      count = asked.length;
      await Promise.all(asked);
      await new Promise(setImmediate);      // what the page does with an answer
    } while (asked.length > count);
  }
  const fire = (move, type) =>
    buttons.find(({ id }) => id === move).dispatchEvent(Object.assign(new Event(type), { pointerId: 1 }));
  return {
    options: (id) => elements.get(id).children.map(({ text }) => text),
    press: (move) => fire(move, "pointerdown"),
    release: (move) => fire(move, "lostpointercapture"),
    said: async () => { await settled(); return elements.get("said").textContent; },
    end: async () => { await settled(); timers.forEach(clearInterval); },
  };
}
