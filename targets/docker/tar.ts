import { invariant } from "../../harness/errors.ts";

const BLOCK_BYTES = 512;

export interface TarFile {
  readonly name: string;
  readonly content: Buffer;
  /** Permission bits. */
  readonly mode: number;
}

/**
 * A tar of a few small files (POSIX.1-1988 ustar) with owner root and no times, so that equal files make equal bytes.
 * Names have at most 99 bytes.
 */
export function tarOf(files: readonly TarFile[]): Buffer {
  const blocks = files.flatMap(({ name, content, mode }) => [
    header(name, content.length, mode),
    content,
    Buffer.alloc((BLOCK_BYTES - (content.length % BLOCK_BYTES)) % BLOCK_BYTES),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]);
}

function header(name: string, sizeBytes: number, mode: number): Buffer {
  invariant(Buffer.byteLength(name) < 100, `a name in a tar has at most 99 bytes: ${name}`);
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write(name, 0);
  block.write(`${octal(mode, 7)}\0`, 100);
  block.write(`${octal(0, 7)}\0`, 108);
  block.write(`${octal(0, 7)}\0`, 116);
  block.write(`${octal(sizeBytes, 11)}\0`, 124);
  block.write(`${octal(0, 11)}\0`, 136);
  block.write("0", 156);
  block.write("ustar\x0000", 257);
  // The checksum is taken with its own field as spaces.
  block.write("        ", 148);
  const checksum = block.reduce((sum, byte) => sum + byte, 0);
  block.write(`${octal(checksum, 6)}\0 `, 148);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}
