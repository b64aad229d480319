// All of it is a convenience: the pages work without it.

// A message that ends with this site's name and a code (WebOTP) fills the field, where the browser can.
const field = document.querySelector('input[autocomplete="one-time-code"]');
if (field && "OTPCredential" in window) {
  const stop = new AbortController();
  field.form.addEventListener("submit", () => stop.abort());
  navigator.credentials
    .get({ otp: { transport: ["sms"] }, signal: stop.signal })
    .then((found) => {
      field.value = found.code;
      field.form.requestSubmit();
    })
    .catch(() => {});
}

// A button that would be refused yet counts down to when it is not.
for (const button of document.querySelectorAll("button[data-wait]")) {
  const label = button.textContent;
  const ends = performance.now() + Number(button.dataset.wait) * 1000;
  const tick = () => {
    const left = Math.ceil((ends - performance.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? `${label} (${left})` : label;
    if (left > 0) setTimeout(tick, 500);
    else document.getElementById(button.getAttribute("aria-describedby"))?.remove();
  };
  tick();
}
