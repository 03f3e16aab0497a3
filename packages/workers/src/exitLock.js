// How a page knows that a browser's worker is gone. One that ends itself, or is ended, fires no event there; but the Web Lock that it held is free then.
// @ts-check

/**
 * Takes the lock of that name for as long as this thread lives. Resolves to whether it has it.
 * @param {string} name
 * @returns {Promise<boolean>}
 */
export function hold(name) {
  return new Promise((resolve) => {
    const forever = () => {
      resolve(true);
      return new Promise(() => {});
    };
    request(name, {}, forever).catch(() => resolve(false));
  });
}

/**
 * Calls `gone` once the thread that holds the lock of that name lives no more, unless `signal` comes first. Only to be called when it holds it.
 * @param {string} name
 * @param {AbortSignal} signal
 * @param {() => void} gone
 */
export function watch(name, signal, gone) {
  request(name, { signal }, () => undefined).then(gone, () => undefined);
}

/**
 * Rejects where there are no locks: each browser that Sluice runs in has them, but may deny them, as to a site that may store nothing. Such a page
 * computes all the same, unwatched: it only misses that a thread has ended silently.
 * @param {string} name
 * @param {{ readonly signal?: AbortSignal }} options
 * @param {() => unknown} granted
 * @returns {Promise<unknown>}
 */
async function request(name, options, granted) {
  const { navigator } = /** @type {any} */ (globalThis); // of which Node's types know nothing
  return navigator.locks.request(name, options, granted);
}
