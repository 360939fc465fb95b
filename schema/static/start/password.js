// 更换密码: staff whose password is older than the platform allows set another one here.

import { mutate } from "./api.js";
import { el, field, fill, step } from "./dom.js";

/** Ask in `place` for what `PASSWORD_EXPIRED` wants; `onChanged` signs in anew, every token has ended. */
export function askNewPassword(place, error, token, onChanged) {
  const current = secret("current-password");
  const password = secret("new-password");
  const again = secret("new-password");
  const compare = () => again.setCustomValidity(again.value === password.value ? "" : "两次输入的新密码不一致。");
  password.addEventListener("input", compare);
  again.addEventListener("input", compare);
  fill(place, step("更换密码", [`您的密码已超过 ${error.params.days} 天未更换，更换之后才能继续办理。`], [
    field("当前密码", current, "演示环境的密码在起始页。"),
    field("新密码", password, "不得包含登录名、姓名（含拼音）或手机号，也不得是常见的或最近用过的密码。"),
    field("再次输入新密码", again),
  ], "更换密码", async () => {
    await mutate("ChangePassword", { currentPassword: current.value, password: password.value }, { token });
    fill(place, step("密码已更换", ["您在各处的登录都已退出。"], [], "重新登录并继续", onChanged));
  }));
}

const secret = (autocomplete) => el("input", { type: "password", required: true, autocomplete });
