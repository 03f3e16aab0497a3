// The page that letters are streamed to: it asks for nothing but them, from where it came.

export const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>A network writes like Moby-Dick</title>
<link rel="icon" href="data:,">
<style>
:root { font: 18px/1.6 Georgia, serif; }
body { max-width: 38rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; font-weight: normal; }
form { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: end; font: 0.8rem system-ui, sans-serif; }
label { display: grid; gap: 0.25rem; }
input, button { font: inherit; padding: 0.4rem 0.6rem; }
[name="prompt"] { width: 16rem; max-width: 100%; box-sizing: border-box; }
#text { white-space: pre-wrap; overflow-wrap: anywhere; min-height: 12rem; }
#text b { font-weight: normal; opacity: 0.6; }
</style>
</head>
<body>
<h1>A network writes like Moby-Dick</h1>
<form>
<label>begins with <input name="prompt" value="The whale " required></label>
<label>temperature <input name="temperature" type="number" min="0" max="2" step="0.1" value="0.7" required></label>
<label>seed <input name="seed" type="number" min="0" step="1" value="1" required></label>
<button>Write</button>
</form>
<p id="text" role="log" aria-live="off"></p>
<script src="/write.js"></script>
</body>
</html>
`;

export const script = `"use strict";
const form = document.querySelector("form");
const text = document.querySelector("#text");
let letters;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  letters?.close();
  const asked = new URLSearchParams(new FormData(form));
  const prompt = document.createElement("b");
  prompt.textContent = asked.get("prompt");
  text.replaceChildren(prompt);
  letters = new EventSource("/letters?" + asked);
  letters.addEventListener("message", ({ data }) => text.append(JSON.parse(data)));
  for (const end of ["end", "error"]) letters.addEventListener(end, ({ currentTarget }) => currentTarget.close());
});
`;
