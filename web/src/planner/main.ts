import { mount } from "svelte";
import Planner from "./Planner.svelte";

const target = document.querySelector("#content");
if (target) mount(Planner, { target });
