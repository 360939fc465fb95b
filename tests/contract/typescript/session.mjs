// Uses the compiled client against a server and prints what came, one JSON text a line.
import {
  CatalogVersionDocument,
  CentersDocument,
  MattersDocument,
  MeDocument,
  SubmitCaseDocument,
  SuspendCenterDocument,
  Tongban,
  TongbanError,
} from "./index.js";

const [url, token, stored, submission] = process.argv.slice(2);
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const anybody = new Tongban({ url, stored: stored === "stored" });
const somebody = new Tongban({ url, token: () => token, language: "en", stored: stored === "stored" });

print((await anybody.request(CentersDocument, { within: "3717" })).centers.edges.length);
print((await somebody.request(MeDocument, {})).me?.displayName);
try {
  await anybody.request(SuspendCenterDocument, { input: { code: "371425", reason: "x" } });
} catch (error) {
  print([error instanceof TongbanError, error.code, error.message]);
}
try {
  await new Tongban({ url, token: () => "wrong" }).request(CentersDocument, {});
} catch (error) {
  print([error.code, error.status]);
}
try {
  await anybody.request(CentersDocument, {}, { center: "999999" });
} catch (error) {
  print([error.code, error.status]);
}
const refused = await somebody.request(SuspendCenterDocument, { input: { code: "371425", reason: "x" } });
print(refused.suspendCenter.errors.map(({ code, message }) => [code, message]));

const input = JSON.parse(submission);
for (const material of input.materials) {
  material.files = [new File(["%PDF-1.4\n", material.materialCode], `${material.materialCode}.pdf`)];
}
const submitted = [];
for (let time = 0; time < 2; time += 1) {
  const { submitCase } = await somebody.request(SubmitCaseDocument, { input }, { center: "371425" });
  submitted.push(submitCase);
}
print(submitted.map((payload) => payload.errors.map((error) => error.code)));
print(submitted.map((payload) => payload.case?.number));
print(submitted[0].case?.materials.flatMap((material) => material.files.map((file) => file.filename)));

// What shows the catalog alone is kept, where operations are named by their ids.
const sent = [];
const { fetch } = globalThis;
globalThis.fetch = async (url, init) => {
  const response = await fetch(url, init);
  sent.push([init.method ?? "GET", response.status]);
  return response;
};
const read = [];
for (let time = 0; time < 3; time += 1) {
  read.push((await anybody.request(MattersDocument, { first: 2 })).matters.edges.map(({ node }) => node.code));
}
read.push((await somebody.request(MattersDocument, { first: 2 })).matters.edges.map(({ node }) => node.code));
print(read);
print(sent);
const { catalogVersion } = await anybody.request(CatalogVersionDocument, {});
print(typeof catalogVersion);
