import { constants } from "node:zlib";
import { compress, init } from "@bokuweb/zstd-wasm";
import type { PluginOption } from "vite";
import { compression, defineAlgorithm } from "vite-plugin-compression2";

/**
 * Writes a .br, .gz and .zst file beside every text of the build, so that the server compresses nothing while it answers.
 * zstd comes as WebAssembly, for Node has it from version 22 on only.
 */
export function compressed(): PluginOption {
  return compression({
    include: /\.(html|js|css|json|svg)$/,
    logLevel: "silent",
    algorithms: [
      defineAlgorithm("brotliCompress", { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
      defineAlgorithm("gzip", { level: 9 }),
      defineAlgorithm(zstd),
    ],
    filename: (name, { algorithm }) =>
      algorithm === "brotliCompress" ? `${name}.br` : algorithm === "gzip" ? `${name}.gz` : `${name}.zst`,
  });
}

// Initialised once: each further `init` gives the library a new memory, also under those that are at work.
let ready: Promise<void> | undefined;

async function zstd(content: unknown): Promise<Buffer> {
  await (ready ??= init());
  return Buffer.from(compress(content as Uint8Array, 19));
}
