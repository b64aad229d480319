// What has the focus, by its name.
let el = document.activeElement;
while (el?.shadowRoot?.activeElement) el = el.shadowRoot.activeElement;
return el && el !== document.body ? plain(el) || el.id : "";
