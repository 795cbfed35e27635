/** The editor that asks the endpoint. */
export function Playground() {
  return <h1 className="page">Playground</h1>;
}
