import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from "@graphiql/react";
import { useEffect, useState } from "react";
import { tour, type Example } from "./tour.ts";

/** The list of example queries, as a GraphiQL plugin. */
export const tourPlugin: GraphiQLPlugin = { title: "Example queries", icon: TourIcon, content: TourPane };

function TourPane() {
  const actions = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const responseEditor = useGraphiQL((state) => state.responseEditor);
  // The list renders before the editors do, so an early choice waits for them.
  const [pending, setPending] = useState<Example | null>(null);

  useEffect(() => {
    if (!pending || !queryEditor || !variableEditor || !responseEditor) return;
    setPending(null);
    const { query, variables, operationName } = pending;
    const current = queryEditor.getValue();
    // A query that the reader wrote stays in its own tab.
    if (current.trim() && !tour.some((example) => example.query === current)) actions.addTab();
    queryEditor.setValue(query);
    variableEditor.setValue(variables);
    actions.updateActiveTabValues({ query, variables, operationName });
    actions.setOperationName(operationName);
    // While a query is running, `run` would only stop it.
    actions.stop();
    void actions.run();
  }, [pending, queryEditor, variableEditor, responseEditor, actions]);

  return (
    <section className="tour" translate="yes" aria-label="Example queries">
      <h2>Start from a question</h2>
      <p>Each example opens in the editor and runs. Edit it, then press Ctrl+Enter to run it again.</p>
      <ol>
        {tour.map((example) => (
          <li key={example.operationName}>
            <button type="button" onClick={() => setPending(example)}>
              <strong>{example.title}</strong>
              <span>{example.explanation}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function TourIcon() {
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
