import { DOC_EXPLORER_PLUGIN } from "@graphiql/plugin-doc-explorer";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { useGraphiQL, useGraphiQLActions, useMonaco, type TabsState } from "@graphiql/react";
import { GraphiQL } from "graphiql";
import { useEffect, useRef, useState } from "react";
import { isDark, onThemeChange } from "../layout/theme.ts";
import { defineThemes, removeTabRoles } from "./appearance.ts";
import { fetcher } from "./fetcher.ts";
import { formatFragment, parseLink, type SharedQuery } from "./link.ts";
import { PrintView } from "./PrintView.tsx";
import { tourPlugin } from "./Tour.tsx";
import { tour } from "./tour.ts";

const explorer = explorerPlugin();
const plugins = [tourPlugin, explorer, HISTORY_PLUGIN];
const shared = parseLink(location.href);
const isShared = Boolean(shared.query);
/** Local storage; null if the browser blocks it. GraphiQL would then fail to render. */
const storage = localStorageOrNull();
// GraphiQL restores the tabs of earlier visits; without any, it opens the first example.
const isFirstVisit = !storage?.getItem("graphiql:tabState");

/** The GraphQL editor. The URL of the page always links to the query of the active tab. */
export function Playground() {
  const [dark, setDark] = useState(isDark);
  useEffect(() => onThemeChange(() => setDark(isDark())), []);
  useEffect(() => {
    addEventListener("hashchange", followFragment);
    return () => removeEventListener("hashchange", followFragment);
  }, []);
  return (
    <>
      <div className="playground-bar" translate="yes">
        <h1>Playground</h1>
        <p>Try any query: the API is read-only.</p>
        <CopyLink />
      </div>
      <GraphiQL
        fetcher={fetcher}
        {...(storage ? {} : { storage: null as never })}
        plugins={plugins}
        referencePlugin={DOC_EXPLORER_PLUGIN}
        visiblePlugin={isShared ? explorer : tourPlugin}
        initialQuery={shared.query ?? undefined}
        initialVariables={isShared ? (shared.variables ?? "") : undefined}
        defaultQuery={tour[0]?.query}
        forcedTheme={dark ? "dark" : "light"}
        schemaDescription
        onTabChange={updateUrl}
      >
        <GraphiQL.Logo>
          <RunOnLoad />
          <Appearance />
          <PrintView />
        </GraphiQL.Logo>
      </GraphiQL>
    </>
  );
}

function localStorageOrNull(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

let fragment = location.hash;

function updateUrl({ tabs, activeTabIndex }: TabsState) {
  const tab = tabs[activeTabIndex];
  if (!tab) return;
  fragment = formatFragment(toSharedQuery(tab));
  history.replaceState(null, "", location.pathname + fragment);
}

/** Opens a link that was entered over the current one, which only changes the fragment and so does not load the page. */
function followFragment() {
  if (parseLink(location.href).query) location.reload();
  // The link that skips to the content has replaced the query.
  else history.replaceState(null, "", location.pathname + fragment);
}

/** Leaves out the operation name if there is only one operation, to keep the link short. */
function toSharedQuery({ query, variables, operationName }: SharedQuery): SharedQuery {
  const several = (query?.match(/^\s*(query|subscription)\b/gm)?.length ?? 0) > 1;
  return { query, variables, operationName: several ? operationName : null };
}

/** Runs the query of a shared link, or the first example on a first visit, as soon as the schema has loaded. */
function RunOnLoad() {
  const actions = useGraphiQLActions();
  const ready = useGraphiQL((state) => Boolean(state.schema && state.queryEditor && state.responseEditor));
  const operations = useGraphiQL((state) => state.operations);
  const isFetching = useGraphiQL((state) => state.isFetching);
  const done = useRef(!isShared && !isFirstVisit);
  useEffect(() => {
    if (!ready || done.current || !operations) return;
    done.current = true;
    // The reader may already have chosen an example, which is running.
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
    return root ? removeTabRoles(root) : undefined;
  }, []);
  return null;
}

function CopyLink() {
  const [status, setStatus] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      setStatus("Copied");
    } catch {
      setStatus("Copy the address of this page");
    }
    setTimeout(() => setStatus(""), 3000);
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
      <span aria-live="polite">{status || "Copy link"}</span>
    </button>
  );
}
