import "./workers.ts";
// GraphiQL's complete style sheet embeds its fonts and those of Monaco, which are ten times as large as its styles.
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "@graphiql/plugin-explorer/style.css";
import "./editor.css";
import { DOC_EXPLORER_PLUGIN } from "@graphiql/plugin-doc-explorer";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { type GraphiQLPlugin, type TabsState, useGraphiQL, useGraphiQLActions, useMonaco } from "@graphiql/react";
import { GraphiQL } from "graphiql";
import { useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { isDark, onThemeChange } from "../layout/theme.ts";
import { defineThemes, removeTabRoles } from "./appearance.ts";
import { fetcher } from "./fetcher.ts";
import { isSameQuery, type SharedQuery } from "./link.ts";
import { playground, showAnswer } from "./state.svelte.ts";

/** The editor, once it has replaced the text fields. */
export interface Editor {
  /** Opens a query and runs it. */
  open(query: SharedQuery): void;
}

interface Options {
  /** The element that the editor fills. */
  host: HTMLElement;
  /** The elements of the page that move into the panes of the editor. */
  examples: HTMLElement;
  answer: HTMLElement;
  /** The examples, which may be replaced by others in a tab. */
  isExample(query: string): boolean;
  /** Called when the texts of the editor change. */
  onChange(query: SharedQuery): void;
  /** Called when the editor can be used, with functions to set its text and to focus it at an offset. */
  onReady(editor: Editor, texts: { set(query: SharedQuery): void; focus(offset: number): void; run(): void }): void;
}

/** Starts the editor with the query of the page. */
export function startEditor(options: Options): void {
  let pane: HTMLElement | null = null;
  let isReady = false;
  // The first view keeps its examples until the editor replaces it.
  const moveExamples = () => {
    if (isReady) pane?.append(options.examples);
  };
  const setPane = (element: HTMLElement | null) => {
    pane = element;
    moveExamples();
  };
  const plugin: GraphiQLPlugin = {
    title: "Example queries",
    icon: ExamplesIcon,
    content: () => <div ref={setPane} />,
  };
  const onReady: Options["onReady"] = (...ready) => {
    isReady = true;
    moveExamples();
    options.onReady(...ready);
  };
  createRoot(options.host).render(<GraphqlEditor {...options} onReady={onReady} examplesPlugin={plugin} />);
}

const explorer = explorerPlugin();

function GraphqlEditor(options: Options & { examplesPlugin: GraphiQLPlugin }) {
  const [dark, setDark] = useState(isDark);
  useEffect(() => onThemeChange(() => setDark(isDark())), []);
  const [isReady, setReady] = useState(false);
  const { query, variables } = playground.query;
  const [initial] = useState({ query: query ?? "", variables: variables ?? "" });
  const updateQuery = ({ tabs, activeTabIndex }: TabsState) => {
    const tab = tabs[activeTabIndex];
    if (tab) options.onChange(tab);
  };
  return (
    <GraphiQL
      fetcher={fetcher}
      {...(hasStorage() ? {} : { storage: null as never })}
      plugins={[options.examplesPlugin, explorer, HISTORY_PLUGIN]}
      referencePlugin={DOC_EXPLORER_PLUGIN}
      visiblePlugin={options.examplesPlugin}
      initialQuery={initial.query}
      initialVariables={initial.variables}
      forcedTheme={dark ? "dark" : "light"}
      schemaDescription
      onTabChange={updateQuery}
    >
      <GraphiQL.Logo>
        <Connection {...options} onReady={(...ready) => (options.onReady(...ready), setReady(true))} />
        <Appearance />
      </GraphiQL.Logo>
      <GraphiQL.Footer>
        {isReady && <div className="answer-host" ref={(element) => element?.append(options.answer)} />}
      </GraphiQL.Footer>
    </GraphiQL>
  );
}

/** Whether the browser allows local storage. Without it, GraphiQL would fail to render. */
function hasStorage(): boolean {
  try {
    return Boolean(localStorage);
  } catch {
    return false;
  }
}

/** Connects the state of GraphiQL with that of the page. */
function Connection({ isExample, onReady }: Options) {
  const actions = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const responseEditor = useGraphiQL((state) => state.responseEditor);
  const operations = useGraphiQL((state) => state.operations);
  // GraphiQL reads the operations of a text with a delay, and then selects the first of them.
  const selected = useRef<string | null>(null);
  useEffect(() => {
    const name = selected.current;
    if (!name || !operations?.some((operation) => operation.name?.value === name)) return;
    selected.current = null;
    actions.setOperationName(name);
    actions.updateActiveTabValues({ operationName: name });
  }, [operations, actions]);
  useEffect(() => {
    if (!queryEditor || !variableEditor || !responseEditor) return;
    const set = ({ query, variables, operationName }: SharedQuery) => {
      queryEditor.setValue(query ?? "");
      variableEditor.setValue(variables ?? "");
      actions.updateActiveTabValues({
        query: query ?? "",
        variables: variables ?? "",
        operationName: operationName ?? null,
      });
      selected.current = operationName ?? null;
      if (operationName) actions.setOperationName(operationName);
    };
    const run = () => {
      // While a query is running, `run` would only stop it.
      actions.stop();
      void actions.run();
    };
    const open = (query: SharedQuery) => {
      const current = queryEditor.getValue();
      // A query that the reader wrote stays in its own tab.
      if (current.trim() && !isExample(current) && !isSameQuery(query, { ...query, query: current })) actions.addTab();
      set(query);
      run();
    };
    const focus = (offset: number) => {
      const position = queryEditor.getModel()?.getPositionAt(offset);
      if (position) queryEditor.setPosition(position);
      queryEditor.focus();
    };
    if (playground.answer) {
      responseEditor.setValue(playground.answer.text);
      actions.updateActiveTabValues({ response: playground.answer.text });
    }
    const listener = responseEditor.onDidChangeModelContent(() => showAnswer(responseEditor.getValue()));
    onReady({ open }, { set, focus, run });
    return () => listener.dispose();
    // The callbacks do not change.
  }, [queryEditor, variableEditor, responseEditor, actions]);
  return null;
}

function Appearance() {
  const monaco = useMonaco((state) => state.monaco);
  useEffect(() => {
    if (monaco) defineThemes(monaco);
  }, [monaco]);
  useEffect(() => {
    const root = document.querySelector<HTMLElement>(".graphiql-container");
    return root ? removeTabRoles(root) : undefined;
  }, []);
  return null;
}

function ExamplesIcon() {
  return (
    <svg
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <circle cx="10" cy="10" r="8" />
      <path d="m13.2 6.8-1.8 4.6-4.6 1.8 1.8-4.6z" />
    </svg>
  );
}
