// How the error fell, epoch by epoch, and where it was least.
import type { Results } from "../results.ts";
import { frameOf, horizontal, horizontalAxis, vertical, verticalAxis } from "./frame.ts";
import type { Plot } from "./plot.ts";
import { line, px, tag } from "./svg.ts";

export function lossPlot({ history, validationPersistence }: Results): Plot {
  const { epochs } = history;
  const best = history.best!; // a report is of a run with an epoch
  return {
    id: "losses",
    title: "Learning",
    description:
      `Mean absolute error of each epoch in °C. Training error is measured with dropout. Epoch ${best.epoch} was best on validation, ` +
      `${best["valMae"]!.toFixed(3)} °C, and is the one that was kept.`,
    legend: { train: "training", model: "validation", rule: "persistence on validation" },
    draw(size) {
      const frame = frameOf(size);
      const errors = [...epochs.flatMap((log) => [log["mae"]!, log["valMae"]!]), validationPersistence];
      const x = horizontal(frame, [1, Math.max(2, epochs.length)]);
      const [least, most] = [Math.min(...errors), Math.max(...errors)];
      const y = vertical(frame, [least - (most - least) / 8, most]); // room for the note under the best epoch
      const curve = (measure: "mae" | "valMae", cls: string): string =>
        line(
          epochs.map((log) => [x(log.epoch), y(log[measure]!)]),
          cls,
        );
      const ticks = x.ticks(size.name === "wide" ? 10 : 5).filter(Number.isInteger);
      const side = best.epoch > epochs.length / 2 ? "end" : "start"; // so that the note stays inside the plot
      const rule = px(y(validationPersistence));
      return [
        verticalAxis(y, frame),
        horizontalAxis(
          ticks.map((epoch) => [x(epoch), epoch === 1 ? "epoch 1" : String(epoch)]),
          frame,
        ),
        tag("line", { class: "rule", x1: frame.left, x2: frame.right, y1: rule, y2: rule }),
        curve("mae", "train"),
        curve("valMae", "model"),
        tag("circle", { class: "best", cx: px(x(best.epoch)), cy: px(y(best["valMae"]!)), r: 5 }),
        tag(
          "text",
          { class: "note", x: px(x(best.epoch)), y: px(y(best["valMae"]!) + 20), "text-anchor": side },
          `${best["valMae"]!.toFixed(3)} °C`,
        ),
      ].join("");
    },
  };
}
