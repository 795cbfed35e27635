/** ISO 3166-1 numeric codes, by which world-atlas names its shapes, to alpha-2, by which the API names countries. */
const ALPHA2: Record<string, string> = {
  "004": "AF", "036": "AU", "050": "BD", "096": "BN", "064": "BT", "184": "CK", "156": "CN", "242": "FJ", "583": "FM",
  "344": "HK", "360": "ID", "356": "IN", "392": "JP", "116": "KH", "296": "KI", "408": "KP", "410": "KR", "418": "LA",
  "144": "LK", "584": "MH", "104": "MM", "496": "MN", "446": "MO", "462": "MV", "458": "MY", "540": "NC", "524": "NP",
  "520": "NR", "570": "NU", "554": "NZ", "258": "PF", "598": "PG", "608": "PH", "586": "PK", "585": "PW", "090": "SB",
  "702": "SG", "764": "TH", "626": "TL", "776": "TO", "798": "TV", "158": "TW", "704": "VN", "548": "VU", "882": "WS",
  "398": "KZ", "417": "KG", "762": "TJ", "795": "TM", "860": "UZ",
};

/** FIPS codes, by which us-atlas names its shapes, to USPS codes. */
const USPS: Record<string, string> = {
  "01": "AL", "02": "AK", "04": "AZ", "05": "AR", "06": "CA", "08": "CO", "09": "CT", "10": "DE", "11": "DC", "12": "FL",
  "13": "GA", "15": "HI", "16": "ID", "17": "IL", "18": "IN", "19": "IA", "20": "KS", "21": "KY", "22": "LA", "23": "ME",
  "24": "MD", "25": "MA", "26": "MI", "27": "MN", "28": "MS", "29": "MO", "30": "MT", "31": "NE", "32": "NV", "33": "NH",
  "34": "NJ", "35": "NM", "36": "NY", "37": "NC", "38": "ND", "39": "OH", "40": "OK", "41": "OR", "42": "PA", "44": "RI",
  "45": "SC", "46": "SD", "47": "TN", "48": "TX", "49": "UT", "50": "VT", "51": "VA", "53": "WA", "54": "WV", "55": "WI",
  "56": "WY", "60": "AS", "66": "GU", "69": "MP", "72": "PR", "78": "VI",
};

/** The USPS code of a shape of us-atlas; undefined of one that it does not know. */
export function stateCode(fips: string | number | undefined): string | undefined {
  return USPS[String(fips).padStart(2, "0")];
}

/** The ISO 3166-1 alpha-2 code of a shape of world-atlas; undefined of those outside of Asia and the Pacific. */
export function countryCode(numeric: string | number | undefined): string | undefined {
  return ALPHA2[String(numeric).padStart(3, "0")];
}

/** Shapes of world-atlas that us-atlas draws too, in more parts: the United States and its territories. */
export const DRAWN_AS_STATES = new Set(["840", "850", "580", "316", "016", "630"]);
