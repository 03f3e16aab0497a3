// A page that trains a small LSTM on WebGL 2 and shows how it goes: `npm start` in this folder serves it.
import { type History, adam, dense, lstm, sequential } from "@sluice/nn";
import { open } from "@sluice/webgl";
import { plot } from "./plot.ts";
import { style } from "./style.ts";
import { lookBack, series, windows } from "./tide.ts";

/** Trains in `root` for `epochs` (default 25) and resolves with what happened; throws what `open` throws. */
export async function learn(root: HTMLElement, epochs = 25): Promise<History> {
  root.innerHTML = `<style>${style}</style><h1>An LSTM learns a tide on the GPU</h1>
    <p>It reads ${lookBack} hours of a made-up tide and says the next. 12 units, trained in this page through gpu.js.</p>
    <p class="status" role="status">Opening WebGL 2 …</p>
    <figure><figcaption>Loss, epoch by epoch <small>(mean squared error, logarithmic)</small></figcaption><div class="losses"></div></figure>
    <figure><figcaption>The tide <b class="truth">as it is</b> and <b class="model">as forecast an hour ahead</b></figcaption><div class="tide"></div></figure>`;
  const part = (name: string): HTMLElement => root.querySelector<HTMLElement>(name)!;
  const backend = await open({ modes: ["webgl2"] });
  const trainer = await sequential([lstm({ units: 12 }), dense({ units: 1 })]).compile({
    backend,
    optimizer: adam({ learningRate: 0.02, clipNorm: 1 }),
    loss: "mse",
    seed: 1,
  });
  try {
    const data = windows();
    const truth = series.slice(lookBack);
    const losses: number[] = [];
    const history = await trainer.fit(data, {
      epochs,
      batchSize: 48,
      async onEpochEnd({ epoch, loss, examplesPerSecond }) {
        losses.push(loss);
        const { dispatches } = backend.statistics();
        part(".status").textContent =
          `Epoch ${epoch} of ${epochs} on gpu.js ${backend.mode}: loss ${loss.toPrecision(3)}, ` +
          `${Math.round(examplesPerSecond)} examples per second, ${dispatches} kernels run so far`;
        part(".losses").innerHTML = plot({
          width: epochs,
          lines: { model: losses.map(Math.log10) },
          label: (value) => (10 ** value).toPrecision(2),
        });
        const { data: forecast } = await trainer.predict(data.x, { batchSize: 48 });
        part(".tide").innerHTML = plot({
          width: truth.length,
          lines: { truth, model: [...forecast] },
          label: (value) => `${value.toFixed(1)} m`,
        });
      },
    });
    part(".status").dataset["done"] = history.executor;
    return history;
  } finally {
    trainer.dispose();
    await backend.close();
  }
}
