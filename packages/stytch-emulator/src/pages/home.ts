import { html } from "ghtml";
import { PROJECT_ID, SECRET } from "../wire/credentials";
import type { Operation } from "../wire/operation";
import { page } from "./page";

/** GET /: for whoever opens the base URL in a browser. */
export const showHome: Operation = ({ origin }) =>
  page(
    "stytch-emulator",
    html`
<h1>stytch-emulator</h1>
<p class="muted">A local stand-in for Stytch's B2B API, for development and tests. It is not made by Stytch. What it holds is gone when it stops.</p>
<div class="card">
<p>Point the Stytch SDK at it:</p>
<p>Base URL <code>${origin}/</code><br>Project id <code>${PROJECT_ID}</code><br>Secret <code>${SECRET}</code></p>
</div>
<ul class="card">
<li><a href="/login">Sign in</a> as anyone, in this browser.</li>
<li><a href="/_emulator/state">Everything it holds</a>, as JSON.</li>
<li><a href="/_emulator/requests">What it was asked</a>, newest last.</li>
<li><a href="/_emulator/openapi.json">The control plane</a>: clock, faults, sessions, settings, reset.</li>
</ul>`,
  );
