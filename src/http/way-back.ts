import { ACCOUNT_APPS_PATH } from "./account.page";
import { loginAddress } from "./session-pages";

/** Where a page that can do no more leads. */
export const CONNECTED_APPS = { href: ACCOUNT_APPS_PATH, label: "Your connected apps" };

/** The connected apps send whoever is signed out to the login page themselves, where there is one. */
export const signInAction = (loginUrl: string | undefined) =>
  loginUrl ? { href: loginAddress(loginUrl, ACCOUNT_APPS_PATH), label: "Sign in" } : CONNECTED_APPS;
