// What an app writes. It must compile, and each line under @ts-expect-error must not.
import {
  CaseEventsDocument,
  CentersDocument,
  OnboardCentersDocument,
  SubmitCaseDocument,
  type RegistryErrorCode,
  type SubmitCaseInput,
  Tongban,
  TongbanError,
} from "./index.ts";

const tongban = new Tongban({ url: "https://zwfw.example", token: () => "…", language: "en" });

const { centers } = await tongban.request(CentersDocument, { first: 20, level: "COUNTY" });
export const names: string[] = centers.edges.map((edge) => edge.node.name);
export const above: string | undefined = centers.edges[0]?.node.parent?.code;

// @ts-expect-error no such variable
await tongban.request(CentersDocument, { frist: 20 });
// @ts-expect-error no such level
await tongban.request(CentersDocument, { level: "VILLAGES" });
// @ts-expect-error not selected by the shipped operation
export const total = centers.totalCount;
// @ts-expect-error the input is not optional
await tongban.request(OnboardCentersDocument, {});

const asked = { roots: ["371400"], withCounties: true, idempotencyKey: crypto.randomUUID() };
const { onboardCenters } = await tongban.request(OnboardCentersDocument, { input: asked });
for (const refusal of onboardCenters.errors) {
  const code: RegistryErrorCode = refusal.code;
  if (code === "DIVISION_NOT_FOUND") throw new Error(refusal.message);
  // @ts-expect-error no such code
  if (code === "CASE_NOT_FOUND") throw new Error(refusal.message);
}

export async function submit(picture: Blob): Promise<string | undefined> {
  const input: SubmitCaseInput = {
    matter: "370111400201",
    applicant: { kind: "NATURAL", name: "赵测试", idKind: "RESIDENT_ID", idNumber: "…" },
    materials: [{ materialCode: "M01", files: [picture] }],
    idempotencyKey: crypto.randomUUID(),
  };
  try {
    const { submitCase } = await tongban.request(SubmitCaseDocument, { input }, { center: "371425" });
    return submitCase.case?.number;
  } catch (error) {
    if (error instanceof TongbanError && error.code === "UNAUTHENTICATED") return undefined;
    throw error;
  }
}

export async function follow(number: string, after: string | null): Promise<void> {
  const events = tongban.subscribe(CaseEventsDocument, { number, after }, { center: "371425" });
  for await (const { caseEvents } of events) {
    const cursor: string = caseEvents.cursor;
    console.log(cursor, caseEvents.event.text);
  }
}
