import { noSuch, refused } from "../../failure";
import { isConnectedAppId } from "../../stytch/ids";

/** A client's id, before it goes into a path of Stytch's API. @throws Failure NOT_FOUND */
export function checkClientId(clientId: string): string {
  if (isConnectedAppId(clientId)) return clientId;
  throw refused([noSuch("connectedApp", "clientId")]);
}
