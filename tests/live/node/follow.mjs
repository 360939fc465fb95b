// Follows a case with graphql-ws and prints what comes, one JSON text a line. The library connects
// again by itself; it sends the variables anew, so the latest cursor in them makes it resume.
import { createClient } from "graphql-ws";

const [url, token, number, query] = process.argv.slice(2);
const print = (line) => process.stdout.write(JSON.stringify(line) + "\n");

const client = createClient({
  url,
  connectionParams: { authorization: `Bearer ${token}` },
  retryAttempts: 1000,
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)),
  shouldRetry: () => true,
  on: { closed: (event) => print({ closed: event.code }) },
});
const variables = { number, after: null };
client.subscribe(
  { query, variables },
  {
    next: ({ data }) => {
      variables.after = data.caseEvents.cursor;
      print(data.caseEvents);
    },
    error: (error) => {
      print({ error: Array.isArray(error) ? error[0].extensions.code : error.code });
      process.exit(0);
    },
    complete: () => process.exit(0),
  },
);
