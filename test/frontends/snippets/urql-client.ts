import { Client, cacheExchange, fetchExchange } from "@urql/core";

export const createClient = (url: string, sessionToken: string) =>
  new Client({
    url,
    exchanges: [cacheExchange, fetchExchange],
    preferGetMethod: false,
    fetchOptions: () => ({ headers: { "x-stytch-member-session": sessionToken } }),
  });
