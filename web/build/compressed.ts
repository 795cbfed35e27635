import { constants } from "node:zlib";
import { compress, init } from "@bokuweb/zstd-wasm";
import type { PluginOption } from "vite";
import { compression, defineAlgorithm } from "vite-plugin-compression2";

/**
 * Writes .br, .gz and .zst versions of every text file of the build, so that the server need not compress responses.
 * zstd is WebAssembly, because Node has it built in only since version 22.
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

// Initialized once: a second `init` replaces the library's memory while compressions are running.
let ready: Promise<void> | undefined;

async function zstd(content: unknown): Promise<Buffer> {
  await (ready ??= init());
  return Buffer.from(compress(content as Uint8Array, 19));
}
