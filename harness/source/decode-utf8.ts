/** The text of some bytes, or the offset, from 0, of the first byte of what is not UTF-8. */
export type Decoded =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "invalid"; readonly byteOffset: number };

/** Decodes UTF-8 and nothing else; a byte order mark is left out. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  try {
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { kind: "invalid", byteOffset: firstInvalid(bytes) };
  }
}

/** Fed byte by byte, a decoder gives a character out when its last byte has come: what is begun and not given out is invalid. */
function firstInvalid(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let characterStart = 0;
  try {
    for (let at = 0; at < bytes.length; at += 1) {
      const given = decoder.decode(bytes.subarray(at, at + 1), { stream: true });
      if (given !== "") characterStart = at + 1;
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return characterStart;
}
