import { type AST, parse } from "svelte/compiler";
import type { Plugin } from "vite";

type Node = AST.Fragment["nodes"][number];
interface Edit {
  start: number;
  end: number;
  text: string;
}

/** Elements whose text no translator replaces. That of options depends only on the key of an `each` block. */
const UNTOUCHED = new Set(["option", "svg", "textarea"]);

/**
 * Makes the components robust against the translators of browsers, which replace text nodes. Svelte updates text nodes in
 * place and removes a block by walking from its first node to its last, so it would then change nodes that are no longer in
 * the page. After this step, text that can change is alone in an element, in which `showText` shows it, and no block
 * begins or ends with text. The element is the parent if it has no other content, and otherwise a `bdi`.
 */
export function dynamicText(): Plugin {
  return {
    name: "dynamic-text",
    // Before Svelte compiles the component.
    enforce: "pre",
    transform: {
      filter: { id: /\.svelte$/ },
      handler(source) {
        const { fragment, instance } = parse(source, { modern: true });
        const edits: Edit[] = [];
        visit(fragment, null, source, edits);
        const start = (instance?.content as { start: number } | undefined)?.start;
        if (edits.length === 0 || start === undefined) return;
        edits.push({ start, end: start, text: 'import { showText as __showText } from "/src/layout/show-text.ts";' });
        edits.sort((a, b) => b.start - a.start);
        return edits.reduce((code, { start, end, text }) => code.slice(0, start) + text + code.slice(end), source);
      },
    },
  };
}

/** Collects the edits for a fragment: the content of `element`, or of a block if that is null. */
function visit(fragment: AST.Fragment, element: AST.RegularElement | null, source: string, edits: Edit[]): void {
  const runs = textRuns(fragment.nodes);
  for (const nodes of runs) {
    const isDynamic = nodes.some(({ type }) => type === "ExpressionTag");
    const [first, last] = [nodes[0], nodes.at(-1)];
    if (!first || !last || (element && !isDynamic)) continue;
    const whole = source.slice(first.start, last.end);
    const [lead, trail] = [/^\s*/.exec(whole)?.[0] ?? "", /\s*$/.exec(whole)?.[0] ?? ""];
    const attach = isDynamic ? ` ${attachment(nodes, source)}` : "";
    if (element && isDynamic && fragment.nodes.length === nodes.length) {
      const name = element.start + 1 + element.name.length;
      edits.push({ start: name, end: name, text: attach }, { start: first.start, end: last.end, text: "" });
    } else {
      const text = `${lead}<bdi${attach}>${isDynamic ? "" : whole.trim()}</bdi>${trail}`;
      edits.push({ start: first.start, end: last.end, text });
    }
  }
  for (const node of fragment.nodes) {
    if (node.type === "RegularElement") {
      if (!UNTOUCHED.has(node.name)) visit(node.fragment, node, source, edits);
    } else {
      for (const child of Object.values(node) as unknown[]) if (isFragment(child)) visit(child, null, source, edits);
    }
  }
}

const isFragment = (value: unknown): value is AST.Fragment =>
  typeof value === "object" && value !== null && "type" in value && value.type === "Fragment";

/** Returns the maximal sequences of text and expressions that render anything. */
function textRuns(nodes: Node[]): (AST.Text | AST.ExpressionTag)[][] {
  const runs: (AST.Text | AST.ExpressionTag)[][] = [[]];
  for (const node of nodes) {
    if (node.type === "Text" || node.type === "ExpressionTag") runs.at(-1)?.push(node);
    else runs.push([]);
  }
  return runs.filter((run) => run.some((node) => node.type === "ExpressionTag" || node.data.trim()));
}

/** Returns an attachment that shows this text in its element, whenever it changes. */
function attachment(nodes: (AST.Text | AST.ExpressionTag)[], source: string): string {
  const text = nodes.map((node) => {
    if (node.type === "Text") return node.data.replace(/[ \t\r\n]+/g, " ").replace(/[\\`$]/g, "\\$&");
    return `\${(${source.slice(node.start + 1, node.end - 1)}) ?? ""}`;
  });
  // The names with underscores cannot hide one of the component.
  return `{@attach (__element) => __showText(__element, \`${text.join("").trim()}\`)}`;
}
