import { mount } from "svelte";
import Data from "./Data.svelte";

const target = document.querySelector("#content");
if (target) mount(Data, { target });
