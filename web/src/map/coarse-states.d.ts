declare module "virtual:coarse-states" {
  import type { Topology } from "topojson-specification";
  const topology: Topology;
  export default topology;
}
