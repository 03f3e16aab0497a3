// Bytes as text (RFC 4648).

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** Bytes that become one string before it joins the others: a multiple of 3. */
const piece = 3 * 2 ** 14;

export function base64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let from = 0; from < bytes.length; from += piece) pieces.push(encode(bytes.subarray(from, from + piece)));
  return pieces.join("");
}

function encode(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text +=
      digits.charAt(bits >> 18) +
      digits.charAt((bits >> 12) & 63) +
      (b === undefined ? "=" : digits.charAt((bits >> 6) & 63)) +
      (c === undefined ? "=" : digits.charAt(bits & 63));
  }
  return text;
}
