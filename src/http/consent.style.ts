/**
 * Beside the app and the account stands what it asks for, so that on a desktop screen nobody has to scroll for the
 * buttons; should it still be too much, they stay in sight.
 */
export const CONSENT_STYLE = `
.app { display: flex; gap: 1rem; align-items: flex-start; }
.app h1 { margin: 0; }
.notice { margin: .75rem 0; padding: .5rem .75rem; border-radius: .5rem; background: var(--back); }
.unchecked { background: var(--warn-back); color: var(--warn); }
blockquote { margin: .75rem 0; padding-left: .75rem; border-left: 3px solid var(--line); color: var(--muted); }
.facts { margin: 1rem 0; padding: .75rem 0; border: solid var(--line); border-width: 1px 0; display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; }
.facts small { display: block; }
fieldset { margin: 0 0 .75rem; padding: 0; border: 0; min-width: 0; }
legend { padding: 0; }
.scopes label { display: grid; grid-template-columns: 1.25rem 1fr auto; gap: .625rem; align-items: start; padding: .25rem 0; cursor: pointer; }
.scopes input { width: 1.125rem; height: 1.125rem; margin: .1875rem 0 0; accent-color: var(--link); }
.new { align-self: center; font-size: .75rem; font-weight: 700; padding: 0 .5rem; border-radius: 1rem; border: 1px solid var(--link); color: var(--link); }
.not, fieldset.grave { border-radius: .5rem; padding: .5rem .75rem; margin-bottom: .75rem; }
.not { background: var(--warn-back); color: var(--warn); }
.consent form > .notice { margin-top: 0; }
.not small { color: inherit; }
.not ul { list-style: disc; padding-left: 1.25rem; }
fieldset.grave { background: var(--grave-back); }
fieldset.grave legend { float: left; width: 100%; color: var(--grave); }
fieldset.grave legend + * { clear: both; }
.consent .actions { padding: .5rem 0; background: var(--card); box-shadow: 0 -.5rem .5rem var(--card); }
details { margin-top: .5rem; font-size: .875rem; color: var(--muted); }
details li { padding: .125rem 0; }
@media (min-width: 60rem) {
  .consent { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 2.5rem; }
  .consent form { border-left: 1px solid var(--line); padding-left: 2.5rem; }
}
@media (min-width: 60rem) and (min-height: 37rem) {
  .consent .actions { position: sticky; bottom: 0; }
}
@media (max-width: 59.99rem) {
  body.wide { max-width: 32rem; }
  .consent form { margin-top: 1rem; }
}
@media (max-width: 34rem) {
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd + dt { margin-top: .375rem; }
}
`;
