import { InputType } from "type-graphql";
import { ClientIdInput } from "../clients/client.input";

@InputType({ description: "The app that gets a new secret." })
export class RotateSecretInput extends ClientIdInput {}

@InputType({ description: "The app whose old secret ends." })
export class CompleteSecretRotationInput extends ClientIdInput {}

@InputType({ description: "The app whose next secret is dropped." })
export class CancelSecretRotationInput extends ClientIdInput {}
