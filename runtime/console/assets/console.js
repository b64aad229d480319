// What a browser adds to the console. Each page works without any of it.
//
// Everything listens on the document, so that what a swap brings in needs no wiring of its own.
import "./busy.js";
import "./copy.js";
import "./keys.js";
import "./live.js";
import "./lost.js";
import "./menus.js";
import "./times.js";
import "./upload.js";
import { settled } from "./swaps.js";

settled(document);
