import "./workers.ts";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./playground.css";
import { createRoot } from "react-dom/client";
import { Playground } from "./Playground.tsx";

const target = document.querySelector("#content");
if (target) createRoot(target).render(<Playground />);
