// What is used here of WebGL in a page, and what @sluice/webgl's types name of it: Node's types lack it, and browsers' types hold it with all of the DOM.
interface WebGLTexture {
  readonly [Symbol.toStringTag]?: "WebGLTexture";
}
interface WebGLRenderingContext {
  getExtension(name: "WEBGL_debug_renderer_info"): { readonly UNMASKED_RENDERER_WEBGL: number } | null;
  getExtension(name: "WEBGL_lose_context"): { loseContext(): void } | null;
  getParameter(name: number): unknown;
}
type WebGL2RenderingContext = WebGLRenderingContext;
declare class OffscreenCanvas {
  constructor(width: number, height: number);
  getContext(kind: "webgl2" | "webgl"): WebGLRenderingContext | null;
}
