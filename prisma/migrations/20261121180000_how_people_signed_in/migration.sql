-- How a browser session was opened, and when its person last proved that it is them.
--
--   * A session whose second factor is due is nobody's yet: it is good for giving that factor and for nothing else.
--   * confirmed_at moves with every proof (a password, a passkey, a code, the provider); what is dangerous asks that it
--     be recent. Sessions from before this migration count as confirmed when they were opened.

ALTER TABLE sessions
  ADD COLUMN method            text NOT NULL DEFAULT 'password' CHECK (method IN ('password', 'passkey', 'oidc')),
  ADD COLUMN provider          text CHECK ((provider IS NOT NULL) = (method = 'oidc')),
  ADD COLUMN second_factor     text CHECK (second_factor IN ('totp', 'recovery', 'passkey', 'provider')),
  ADD COLUMN second_factor_due boolean NOT NULL DEFAULT false,
  ADD COLUMN confirmed_at      timestamptz(3);
UPDATE sessions SET confirmed_at = created_at;
ALTER TABLE sessions
  ALTER COLUMN confirmed_at SET NOT NULL,
  ALTER COLUMN confirmed_at SET DEFAULT now(),
  ADD CONSTRAINT sessions_factor_check CHECK (NOT (second_factor_due AND second_factor IS NOT NULL));

-- What a tenant asks of everybody who enters it.
ALTER TABLE tenants
  ADD COLUMN require_two_factor boolean NOT NULL DEFAULT false,
  ADD COLUMN only_sso           boolean NOT NULL DEFAULT false;
