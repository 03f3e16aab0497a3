// Reads textures back: only the rows that are asked for, and one channel where the driver gives one.
import type { Texture } from "./gpujs.ts";

/** Copies elements of a texture to the host. It waits until the GPU has caught up. */
export type Reader = (texture: Texture, from: number, length: number) => Float32Array;

export function createReader(gl: WebGLRenderingContext | WebGL2RenderingContext): Reader {
  const framebuffer = gl.createFramebuffer();
  return ({ texture, size }, from, length) => {
    const width = size[0]!;
    const [first, last] = [Math.floor(from / width), Math.floor((from + length - 1) / width)];
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    const channels = channelsOf(gl);
    const texels = new Float32Array(width * (last - first + 1) * channels);
    gl.readPixels(0, first, width, last - first + 1, channels === 1 ? red : gl.RGBA, gl.FLOAT, texels);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, null, 0);
    const start = from - first * width;
    if (channels === 1) return texels.slice(start, start + length);
    return Float32Array.from({ length }, (_, i) => texels[(start + i) * channels]!);
  };
}

/** GL_RED, which the types of WebGL 1 do not name. */
const red = 0x1903;

/** RGBA always works; one channel where the driver says so for what is bound. */
function channelsOf(gl: WebGLRenderingContext | WebGL2RenderingContext): 1 | 4 {
  const [format, type] = [gl.getParameter(gl.IMPLEMENTATION_COLOR_READ_FORMAT), gl.getParameter(gl.IMPLEMENTATION_COLOR_READ_TYPE)];
  return format === red && type === gl.FLOAT ? 1 : 4;
}
