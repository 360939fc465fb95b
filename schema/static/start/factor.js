// 两步验证: who works where a second factor is asked for enrols an app here, or enters its code.

import { mutate } from "./api.js";
import { el, facts, field, fill, step } from "./dom.js";

/** Ask in `place` for what `SECOND_FACTOR_REQUIRED` wants; `onProven` is called once it is there. */
export function askSecondFactor(place, error, token, onProven) {
  const where = { token }; // an account is the same in every center
  if (error.params.isEnrolled) fill(place, proof(where, onProven));
  else fill(place, enrolment(where, onProven));
}

function proof(where, onProven) {
  const code = codeInput(32);
  return step("两步验证", ["本中心要求工作人员进行两步验证。"],
    [field("验证码", code, "验证器应用上显示的 6 位数字；设备不在手边时，输入一个恢复码。设备丢失的，请安全管理员重置。")], "验证并进入", async () => {
      await mutate("ProveSecondFactor", { code: code.value }, where);
      await onProven();
    });
}

function enrolment(where, onProven) {
  const password = el("input", { type: "password", required: true, autocomplete: "current-password" });
  const form = step("设置两步验证", ["本中心要求工作人员进行两步验证，您还没有设置。", "请先在手机上装好任意一款验证器应用（支持 RFC 6238 动态口令）。"],
    [field("登录密码", password, "再次输入，确认是您本人；演示环境的密码在起始页。")], "下一步", async () => {
      const { enrolment: begun } = await mutate("StartSecondFactor", { password: password.value }, where);
      form.replaceWith(confirmation(begun, where, onProven));
    });
  return form;
}

function confirmation({ secret, uri, qrCode }, where, onProven) {
  const code = codeInput(6);
  // As an image: its text is never markup of this page, and it is asked for nowhere.
  const picture = el("img", { class: "qr", src: `data:image/svg+xml,${encodeURIComponent(qrCode)}`, alt: "密钥的二维码" });
  const form = step("添加到验证器应用", ["用验证器应用扫描二维码；不便扫描的，选择“手动输入密钥”，填入下面的密钥。它们只显示这一次，15 分钟内有效。"],
    [picture, facts([["密钥", el("code", {}, secret.replace(/(.{4})(?=.)/g, "$1 "))], ["验证器在本机的", el("a", { href: uri }, "直接添加")]]),
      field("验证码", code, "添加后应用上显示的 6 位数字")], "确认", async () => {
      const { recoveryCodes } = await mutate("ConfirmSecondFactor", { code: code.value }, where);
      form.replaceWith(step("请抄下恢复码", ["设备不在手边时，每个恢复码可以代替验证码用一次。它们只显示这一次，请抄下来妥善保管。"],
        [el("ul", { class: "codes" }, recoveryCodes.map((each) => el("li", {}, el("code", {}, each))))], "已抄下，进入办件台", onProven));
    });
  return form;
}

const codeInput = (longest) => el("input", { required: true, maxlength: longest, inputmode: longest > 6 ? null : "numeric", autocomplete: "one-time-code" });
