// New messages appear on top as they arrive. The server sends each as the HTML that the page itself is made of.
const messages = document.getElementById("messages");
new EventSource("/inbox/live").onmessage = (event) => {
  document.getElementById("empty")?.remove();
  messages.insertAdjacentHTML("afterbegin", event.data);
};
