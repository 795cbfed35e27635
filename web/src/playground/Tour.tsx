import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from "@graphiql/react";
import { useEffect, useState } from "react";
import { tour, type Example } from "./tour.ts";

/** The list of examples: each opens in a tab and runs. */
export const tourPlugin: GraphiQLPlugin = { title: "Tour of examples", icon: TourIcon, content: TourPane };

function TourPane() {
  const actions = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const responseEditor = useGraphiQL((state) => state.responseEditor);
  // The list is there before the editors are: what is chosen meanwhile waits for them.
  const [chosen, choose] = useState<Example | null>(null);

  useEffect(() => {
    if (!chosen || !queryEditor || !variableEditor || !responseEditor) return;
    choose(null);
    const { query, variables, operationName } = chosen;
    const written = queryEditor.getValue();
    // What the reader wrote stays in its tab.
    if (written.trim() && !tour.some((example) => example.query === written)) actions.addTab();
    queryEditor.setValue(query);
    variableEditor.setValue(variables);
    actions.updateActiveTabValues({ query, variables, operationName });
    actions.setOperationName(operationName);
    // While something runs, `run` would only stop it.
    actions.stop();
    void actions.run();
  }, [chosen, queryEditor, variableEditor, responseEditor, actions]);

  return (
    <section className="tour" aria-label="Tour of examples">
      <h2>Start from a question</h2>
      <p>Each opens in the editor and runs. Change it, and run it again with Ctrl+Enter.</p>
      <ol>
        {tour.map((example) => (
          <li key={example.operationName}>
            <button type="button" onClick={() => choose(example)}>
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
