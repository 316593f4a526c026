import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { report } from "./serve";

/** Apollo as its first example starts it: what Q3, which asks nothing of anybody, costs there. */
async function main(): Promise<void> {
  const server = new ApolloServer({ typeDefs: "type Query { hello: String }" });
  const { url } = await startStandaloneServer(server, { listen: { port: 0 } });
  report(url);
}

void main();
