import { mount } from "svelte";
import { TABLES } from "./config.ts";
import Table from "./Table.svelte";

const target = document.querySelector<HTMLElement>("#content");
const config = TABLES[target?.dataset["table"] ?? ""];
if (target && config) mount(Table, { target, props: { config } });
