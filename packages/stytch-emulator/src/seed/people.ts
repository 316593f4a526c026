const FIRST_NAMES = [
  "Amara",
  "Ben",
  "Chiara",
  "Dmitri",
  "Elif",
  "Farah",
  "Gustav",
  "Hana",
  "Imran",
  "Jana",
  "Kwame",
  "Lucia",
  "Mateo",
  "Nadia",
  "Oskar",
  "Priya",
  "Quentin",
  "Rosa",
  "Soren",
  "Tamsin",
  "Uma",
  "Viktor",
  "Wren",
  "Ximena",
  "Yusuf",
  "Zofia",
  "Anders",
  "Bianca",
  "Callum",
  "Delphine",
  "Emeka",
  "Freya",
  "Goran",
  "Helene",
  "Ines",
  "Jonas",
  "Keiko",
  "Leon",
  "Mina",
  "Noor",
];
const LAST_NAMES = [
  "Abbott",
  "Bauer",
  "Castillo",
  "Dahl",
  "Eriksen",
  "Fontaine",
  "Grant",
  "Haddad",
  "Ivanova",
  "Jansen",
  "Kaplan",
  "Lindqvist",
  "Moreau",
  "Nakamura",
  "Okafor",
  "Petrov",
  "Quinn",
  "Rossi",
  "Schmidt",
  "Tanaka",
  "Usman",
  "Vega",
  "Weber",
  "Xu",
  "Yilmaz",
  "Zimmer",
  "Adeyemi",
  "Brandt",
  "Costa",
  "Doyle",
  "Ferrari",
  "Gupta",
  "Hoffmann",
  "Iqbal",
  "Johansson",
  "Kowalski",
  "Lopez",
  "Meyer",
  "Novak",
  "Osei",
];

export interface Person {
  name: string;
  /** The part of an email address before the `@`; different for every index of one Organization. */
  mailbox: string;
}

/** The same index gives the same person. The two lists combine to 1600 names; beyond that mailboxes get a number. */
export function personAt(index: number): Person {
  const round = Math.floor(index / FIRST_NAMES.length);
  const first = FIRST_NAMES[index % FIRST_NAMES.length] ?? "";
  const last = LAST_NAMES[(index * 7 + round) % LAST_NAMES.length] ?? "";
  const repeat = Math.floor(index / (FIRST_NAMES.length * LAST_NAMES.length));
  const suffix = repeat > 0 ? `.${repeat + 1}` : "";
  return { name: `${first} ${last}`, mailbox: `${first}.${last}${suffix}`.toLowerCase() };
}
