// Names that modules still use for the functions of format.ts.
export {
  formatNumber as count,
  formatCount as counted,
  formatDecimal as decimal,
  formatRate as rate,
  formatList as listed,
} from "./format.ts";
