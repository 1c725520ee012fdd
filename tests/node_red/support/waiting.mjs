// Waiting for something to happen: nothing here sleeps, and every wait has a limit.

export const PATIENCE = 20000;

// Looks once, then after each "change" of the source, until `look` gives something that is neither
// undefined, null nor false.
export function until(source, look, what, limit = PATIENCE) {
  return new Promise((resolve, reject) => {
    const end = (settle, value) => {
      clearTimeout(timer);
      source.off("change", check);
      settle(value);
    };
    const check = () => {
      let found;
      try {
        found = look();
      } catch (error) {
        return end(reject, error);
      }
      if (found !== undefined && found !== null && found !== false) end(resolve, found);
    };
    const timer = setTimeout(() => {
      const said = source.tail ? `\n--- ${source.name}\n${source.tail()}` : "";
      end(reject, new Error(`${what}: not within ${limit} ms${said}`));
    }, limit);
    source.on("change", check);
    check();
  });
}
