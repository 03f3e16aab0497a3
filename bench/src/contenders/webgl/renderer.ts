// What draws for WebGL in this page: a GPU, or a processor that stands in for one.

/** "on ANGLE (…)" as the browser names it, "in software (SwiftShader), without a GPU", or "" where it does not tell. */
export function rendererText(renderer: string | undefined): string {
  if (renderer === undefined) return "";
  const [software] = /SwiftShader|llvmpipe|softpipe|Microsoft Basic Render/i.exec(renderer) ?? [];
  return software === undefined ? `on ${renderer}` : `in software (${software}), without a GPU`;
}

/** As the browser names it. It is asked of a context of its own, which is given up at once. */
export function rendererOfPage(): string | undefined {
  const canvas = new OffscreenCanvas(1, 1);
  const gl = canvas.getContext("webgl2") ?? new OffscreenCanvas(1, 1).getContext("webgl");
  const info = gl?.getExtension("WEBGL_debug_renderer_info");
  if (!gl || !info) return undefined;
  const renderer = gl.getParameter(info.UNMASKED_RENDERER_WEBGL);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return typeof renderer === "string" ? renderer : undefined;
}
