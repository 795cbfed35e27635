import { DOC_EXPLORER_PLUGIN } from "@graphiql/plugin-doc-explorer";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { useGraphiQL, useGraphiQLActions, useMonaco, type TabsState } from "@graphiql/react";
import { GraphiQL } from "graphiql";
import { useEffect, useRef, useState } from "react";
import { isDark, onThemeChange } from "../layout/theme.ts";
import { defineThemes, plainTabs } from "./appearance.ts";
import { fetcher } from "./fetcher.ts";
import { fromAddress, toAddress, type Shared } from "./link.ts";
import { Paper } from "./Paper.tsx";
import { tourPlugin } from "./Tour.tsx";
import { tour } from "./tour.ts";

const explorer = explorerPlugin();
const plugins = [tourPlugin, explorer, HISTORY_PLUGIN];
const shared = fromAddress(location.href);
const isShared = Boolean(shared.query);
// GraphiQL keeps the tabs of earlier visits; without any, the first example stands there.
const isFirstVisit = keptTabs() === null;

/** The editor that asks the endpoint. The address of the page follows what the tab in front holds. */
export function Playground() {
  const [dark, setDark] = useState(isDark);
  useEffect(() => onThemeChange(() => setDark(isDark())), []);
  return (
    <>
      <div className="playground-bar">
        <h1>Playground</h1>
        <p>Ask the GraphQL endpoint whatever you like: it only reads.</p>
        <CopyLink />
      </div>
      <GraphiQL
        fetcher={fetcher}
        plugins={plugins}
        referencePlugin={DOC_EXPLORER_PLUGIN}
        visiblePlugin={isShared ? explorer : tourPlugin}
        initialQuery={shared.query ?? undefined}
        initialVariables={isShared ? (shared.variables ?? "") : undefined}
        defaultQuery={tour[0]?.query}
        forcedTheme={dark ? "dark" : "light"}
        schemaDescription
        onTabChange={follow}
      >
        <GraphiQL.Logo>
          <RunAtOnce />
          <Appearance />
          <Paper />
        </GraphiQL.Logo>
      </GraphiQL>
    </>
  );
}

function keptTabs(): string | null {
  try {
    return localStorage.getItem("graphiql:tabState");
  } catch {
    // A browser that keeps nothing shows the page as on a first visit.
    return null;
  }
}

function follow({ tabs, activeTabIndex }: TabsState) {
  const tab = tabs[activeTabIndex];
  if (tab) history.replaceState(null, "", toAddress(location.origin, linkOf(tab)));
}

/** The name says which of several operations runs; where there is one, it would only lengthen the link. */
function linkOf({ query, variables, operationName }: Shared): Shared {
  const several = (query?.match(/^\s*(query|subscription)\b/gm)?.length ?? 0) > 1;
  return { query, variables, operationName: several ? operationName : null };
}

/** Whoever follows a link, or comes for the first time, sees an answer too, once the editor knows the schema. */
function RunAtOnce() {
  const actions = useGraphiQLActions();
  const ready = useGraphiQL((state) => Boolean(state.schema && state.queryEditor && state.responseEditor));
  const operations = useGraphiQL((state) => state.operations);
  const isFetching = useGraphiQL((state) => state.isFetching);
  const done = useRef(!isShared && !isFirstVisit);
  useEffect(() => {
    if (!ready || done.current || !operations) return;
    done.current = true;
    // Who was faster has chosen an example, which runs already.
    if (isFetching) return;
    if (shared.operationName && operations.some(({ name }) => name?.value === shared.operationName)) {
      actions.setOperationName(shared.operationName);
    }
    void actions.run();
  }, [ready, operations, isFetching, actions]);
  return null;
}

function Appearance() {
  const monaco = useMonaco((state) => state.monaco);
  useEffect(() => {
    if (monaco) defineThemes(monaco);
  }, [monaco]);
  useEffect(() => {
    const root = document.querySelector<HTMLElement>(".graphiql-container");
    return root ? plainTabs(root) : undefined;
  }, []);
  return null;
}

function CopyLink() {
  const [said, say] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      say("Copied");
    } catch {
      say("Copy the address of this page");
    }
    setTimeout(() => say(""), 3000);
  };
  return (
    <button type="button" className="button copy-link no-print" onClick={() => void copy()}>
      <svg
        viewBox="0 0 20 20"
        width="16"
        height="16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
        aria-hidden="true"
      >
        <path d="M8.5 11.5a3.5 3.5 0 0 0 5 0l3-3a3.5 3.5 0 0 0-5-5l-.8.8" />
        <path d="M11.5 8.5a3.5 3.5 0 0 0-5 0l-3 3a3.5 3.5 0 0 0 5 5l.8-.8" />
      </svg>
      <span aria-live="polite">{said || "Copy link"}</span>
    </button>
  );
}
