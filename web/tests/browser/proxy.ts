import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { existsSync } from "node:fs";

export type ProxyName = "nginx" | "caddy";

/** Returns the configurations of docs/operators.md in the language of this proxy. */
export async function documentedConfigurations(name: ProxyName): Promise<string[]> {
  const page = await readFile(new URL("../../../docs/operators.md", import.meta.url), "utf8");
  return [...page.matchAll(new RegExp(`^\`\`\`${name}\n(.*?)^\`\`\``, "gms"))].map(([, text]) => text ?? "");
}

export const isInstalled = (name: string) =>
  `${process.env["PATH"]}${delimiter}/usr/sbin`.split(delimiter).some((folder) => existsSync(join(folder, name)));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address ? address.port : 0;
}

/**
 * Replaces the addresses in a documented configuration and adds what a whole configuration file needs. If nginx is started by
 * root, its workers change to another user by default, who cannot write to the temporary folder.
 */
function complete(name: ProxyName, text: string, program: string, proxy: string): string {
  const local = text.replaceAll("127.0.0.1:8000", program);
  if (name === "caddy") return `{\n  admin off\n}\n${local.replace(/^\S*example\.org/m, `http://${proxy}`)}`;
  return `user root; daemon off; pid nginx.pid; error_log stderr; events {}\nhttp { access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
    ${local.replace("listen 443 ssl", `listen ${proxy}`)} }`;
}

/** Starts a proxy in front of the program, and returns its origin. */
export async function startProxy(
  name: ProxyName,
  configuration: string,
  program: string,
): Promise<{ origin: string; log: string[]; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), `sistergraph-${name}-`));
  const address = `127.0.0.1:${await freePort()}`;
  const file = join(folder, "proxy.conf");
  await writeFile(file, complete(name, configuration, new URL(program).host, address));
  const args =
    name === "nginx" ? ["-p", folder, "-e", "stderr", "-c", file] : ["run", "--config", file, "--adapter", "caddyfile"];
  const env = {
    ...process.env,
    PATH: `${process.env["PATH"]}${delimiter}/usr/sbin`,
    HOME: folder,
    XDG_CONFIG_HOME: folder,
    XDG_DATA_HOME: folder,
  };
  const child = spawn(name, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  const log: string[] = [];
  child.stderr.on("data", (text: Buffer) => log.push(text.toString()));
  const ended = new Promise((done) => child.once("exit", done));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true });
  };
  const origin = `http://${address}`;
  for (let tries = 0; tries < 100; tries++) {
    if (child.exitCode !== null) break;
    const answers = await fetch(origin).then(
      () => true,
      () => false,
    );
    if (answers) return { origin, log, stop };
    await new Promise((done) => setTimeout(done, 100));
  }
  await stop();
  throw new Error(`${name} did not start:\n${log.join("")}`);
}
