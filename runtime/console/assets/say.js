// Says something aloud that is also seen: the words go to the page's `role=status`.

const SILENCE_MS = 100;
let speaking;

export function say(text) {
    let place = document.querySelector("[data-say]");
    if (!place) {
        place = document.createElement("p");
        place.className = "visually-hidden";
        place.setAttribute("role", "status");
        place.dataset.say = "";
        document.body.append(place);
    }
    // The same words again are only read out after the place was empty.
    place.textContent = "";
    clearTimeout(speaking);
    speaking = setTimeout(() => { place.textContent = text; }, SILENCE_MS);
}
