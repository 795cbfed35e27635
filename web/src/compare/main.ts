import { mount } from "svelte";
import Compare from "./Compare.svelte";

const target = document.querySelector("#content");
if (target) mount(Compare, { target });
