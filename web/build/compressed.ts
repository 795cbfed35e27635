import { constants } from "node:zlib";
import type { PluginOption } from "vite";
import { compression, defineAlgorithm } from "vite-plugin-compression2";

/**
 * Replaces the scripts, styles, and data of the build by their forms in Brotli, which the program contains. It decompresses them for
 * clients that do not accept Brotli.
 */
export function compressed(): PluginOption {
  return compression({
    include: /\.(js|css|json|svg)$/,
    logLevel: "silent",
    deleteOriginalAssets: true,
    algorithms: [defineAlgorithm("brotliCompress", { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })],
  });
}
