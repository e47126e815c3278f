import { Shell } from "/pages/shell/shell.js";

new Shell(document.getElementById("app")).start();
