const chromium = require("@sparticuz/chromium");

/** Before the workers start: each of them would take another's half unpacked file for the whole. */
module.exports = () => chromium.executablePath();
