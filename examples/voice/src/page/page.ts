// A page that says when somebody speaks: `npm run page` in this folder serves it. Sound comes from the microphone, a file, or the speech that comes along;
// held while somebody speaks, a button labels, and the network learns from what was labelled. Nothing leaves the page.
import networkUrl from "@ricky0123/vad-web/dist/silero_vad_v6.onnx?url";
import { open } from "@sluice/cpu";
import { chunkLength } from "../chunks.ts";
import { type Detector, detector } from "../detector.ts";
import { learnFurther } from "../learning.ts";
import { voiceNet } from "../net.ts";
import { sampleRate } from "../rate.ts";
import { type Segment, segmenter } from "../segments.ts";
import speechUrl from "../../speech/inaugural.wav?url";
import { drawing } from "./drawing.ts";
import { decodeFile, hearMicrophone } from "./microphone.ts";
import { style } from "./style.ts";

const chunk = chunkLength / sampleRate;
/** Seconds that are kept to learn from. */
const kept = 30;

const body = `<style>${style}</style>
  <h1>Who speaks when</h1>
  <p>Silero VAD, a pretrained ONNX file, hears 32 ms at a time. It runs in this page; nothing is sent anywhere.</p>
  <div class="actions">
    <button class="microphone">Microphone</button>
    <label class="file">A sound file<input type="file" accept="audio/*" /></label>
    <button class="speech">An inaugural address</button>
    <button class="teach" disabled>Hold while somebody speaks</button>
    <button class="learn" disabled>Learn from what I held</button>
  </div>
  <p class="status" role="status">Loading the network …</p>
  <div class="drawing"></div>
  <ol></ol>`;

/** Fills `root`; resolves when the network is ready. */
export async function start(root: HTMLElement): Promise<void> {
  root.innerHTML = body;
  const page = new Page(root);
  await page.load();
}

class Page {
  readonly #root: HTMLElement;
  #listener: Detector | undefined;
  #net: ReturnType<typeof voiceNet> | undefined;
  readonly #backend = open();
  /** What is heard now ends when another is to be. */
  #playing = new AbortController();
  /** Sound is heard in its order, one piece after the other. */
  #turn: Promise<void> = Promise.resolve();
  #watch = segmenter({ chunk });
  #probabilities: number[] = [];
  #labels: boolean[] = [];
  #samples: Float32Array[] = [];
  #holds = false;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.#part("button.microphone").addEventListener("click", () => void this.#hear("The microphone", (signal) => hearMicrophone(signal, (samples) => this.#take(samples)))); // prettier-ignore
    this.#part("button.speech").addEventListener("click", () => void this.#play("The address", () => fetched(speechUrl)));
    this.#part<HTMLInputElement>("input").addEventListener("change", ({ target }) => {
      const [file] = (target as HTMLInputElement).files ?? []; // which it is
      if (file !== undefined) void this.#play(file.name, () => file.arrayBuffer());
    });
    const teach = this.#part("button.teach");
    for (const event of ["pointerdown", "keydown"]) teach.addEventListener(event, () => this.#hold(true));
    for (const event of ["pointerup", "pointerleave", "keyup", "blur"]) teach.addEventListener(event, () => this.#hold(false));
    this.#part("button.learn").addEventListener("click", () => void this.#learn());
  }

  async load(): Promise<void> {
    this.#net = voiceNet(new Uint8Array(await fetched(networkUrl)));
    this.#listener = await detector(await this.#backend, this.#net);
    this.#say("Ready. Choose what it is to hear.");
  }

  async #play(name: string, read: () => Promise<ArrayBuffer>): Promise<void> {
    await this.#hear(name, async (signal) => {
      const samples = await decodeFile(await read());
      for (let at = 0; at < samples.length && !signal.aborted; at += chunkLength) {
        this.#take(samples.subarray(at, at + chunkLength));
        await new Promise((resolve) => setTimeout(resolve, chunk * 250)); // four times as fast as it is spoken
      }
    });
  }

  /** Begins anew with another source; what goes wrong with it is said. */
  async #hear(name: string, source: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#listener === undefined) return;
    this.#playing.abort();
    const { signal } = (this.#playing = new AbortController());
    await this.#turn;
    this.#listener.reset();
    this.#watch = segmenter({ chunk });
    [this.#probabilities, this.#labels, this.#samples] = [[], [], []];
    this.#part("ol").textContent = "";
    this.#part<HTMLButtonElement>("button.teach").disabled = false;
    this.#say(`${name} is heard.`);
    try {
      await source(signal);
      await this.#turn;
      this.#tell(this.#watch.end());
      if (!signal.aborted) this.#say(`${name} is over.`, "done");
    } catch (error) {
      this.#say(`${name} cannot be heard: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #take(samples: Float32Array): void {
    const [own, holds] = [samples.slice(), this.#holds];
    this.#turn = this.#turn.then(async () => {
      this.#samples.push(own);
      for (const probability of await this.#listener!.listen(own)) {
        this.#probabilities.push(probability);
        this.#labels.push(holds);
        this.#tell(this.#watch.next(probability));
      }
      this.#part(".status").classList.toggle("speaking", this.#watch.speaking);
      this.#part(".drawing").innerHTML = drawing(this.#probabilities, this.#labels);
    });
  }

  #tell(segment: Segment | undefined): void {
    if (segment === undefined) return;
    const item = document.createElement("li");
    item.textContent = `${segment.from.toFixed(2)} – ${segment.to.toFixed(2)} s`;
    this.#part("ol").append(item);
  }

  #hold(holds: boolean): void {
    this.#holds = holds;
    this.#part("button.teach").classList.toggle("held", holds);
    if (holds) this.#part<HTMLButtonElement>("button.learn").disabled = false;
  }

  async #learn(): Promise<void> {
    const [net, backend] = [this.#net!, await this.#backend]; // there once something was heard
    this.#playing.abort();
    await this.#turn;
    const from = Math.max(0, this.#labels.length - Math.floor(kept / chunk));
    const lesson = { samples: joined(this.#samples).subarray(from * chunkLength), labels: this.#labels.slice(from) };
    const seconds = Math.round(lesson.labels.length * chunk);
    const weights = await learnFurther(backend, net, lesson, {
      updates: 40,
      onUpdate: (update, loss) => this.#say(`Learns from ${seconds} seconds: update ${update} of 40, loss ${loss.toFixed(3)}`),
    });
    this.#listener?.[Symbol.dispose]();
    this.#listener = await detector(backend, net, weights);
    this.#say(`Has learnt from ${seconds} seconds. What it hears now, it hears with what it learnt.`, "learnt");
  }

  #say(text: string, state = ""): void {
    const status = this.#part(".status");
    status.textContent = text;
    status.dataset["state"] = state;
    if (state !== "") status.classList.remove("speaking");
  }

  #part<E extends HTMLElement = HTMLElement>(selector: string): E {
    return this.#root.querySelector<E>(selector)!; // `body` has it
  }
}

async function fetched(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} is not there: ${response.status}`);
  return response.arrayBuffer();
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
