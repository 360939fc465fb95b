// People and papers that do not exist, so that a form can be filled in by one click.

const SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗";
const GIVEN = ["建国", "晓燕", "志强", "秀英", "海涛", "丽娟", "文斌", "雪梅", "立新", "春华", "永福", "桂兰"];
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

const random = (below) => crypto.getRandomValues(new Uint32Array(1))[0] % below;
const digits = (value, length) => String(value).padStart(length, "0");

/** A natural person whose number has the right check digit (GB 11643) and no holder. */
export function person() {
  const head = `371425${1950 + random(50)}${digits(1 + random(12), 2)}${digits(1 + random(28), 2)}${digits(random(1000), 3)}`;
  const sum = [...head].reduce((total, digit, n) => total + digit * WEIGHTS[n], 0);
  return {
    name: SURNAMES[random(SURNAMES.length)] + GIVEN[random(GIVEN.length)],
    idNumber: head + "10X98765432"[sum % 11],
    phone: phone(),
  };
}

export const phone = () => `138${digits(random(100_000_000), 8)}`;

const CODES = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/** A company whose 统一社会信用代码 has the right check character (GB 32100) and no holder. */
export function company() {
  const body = `91371425MA3${Array.from({ length: 6 }, () => CODES[random(31)]).join("")}`;
  const sum = [...body].reduce((total, letter, n) => total + CODES.indexOf(letter) * 3 ** n % 31, 0);
  const trade = ["商贸", "食品", "餐饮管理", "农业科技"][random(4)];
  return { name: `齐河县${GIVEN[random(GIVEN.length)]}${trade}有限公司`, idNumber: body + CODES[(31 - (sum % 31)) % 31], phone: phone() };
}

/** A one-page PDF that opens, named after the material. */
export function pdf(code, name) {
  const line = `Sample for ${code.replace(/[^\w-]/g, "")} - ${new Date().toISOString()}`;
  const text = `BT /F1 18 Tf 72 760 Td (Tongban sample material) Tj 0 -32 Td /F1 12 Tf (${line}) Tj ET`;
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
    `<</Length ${text.length}>>\nstream\n${text}\nendstream`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
  ];
  let file = "%PDF-1.4\n";
  const places = objects.map((object, n) => {
    const place = file.length;
    file += `${n + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const start = file.length;
  file += `xref\n0 6\n0000000000 65535 f \n${places.map((place) => `${digits(place, 10)} 00000 n \n`).join("")}`;
  file += `trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`;
  return new File([file], `${name.replace(/[\\/:*?"<>|]/g, "").slice(0, 40)}（样例）.pdf`, { type: "application/pdf" });
}
