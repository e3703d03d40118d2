// Trusted Types, which the DOM's types do not have yet.

interface TrustedScript {
  readonly trustedTypesPolicy: unique symbol;
}

declare var trustedTypes:
  | {
      createPolicy(
        name: string,
        rules: { createScriptURL(address: string): string },
      ): { createScriptURL(address: string): URL };
    }
  | undefined;
