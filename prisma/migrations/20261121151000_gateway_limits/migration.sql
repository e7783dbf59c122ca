-- Who counts rate limits on this gateway: each process for itself, all of them in a Redis, or each for itself for now
-- because the Redis is away. Reported with every heartbeat.
ALTER TABLE gateway_instances
  ADD COLUMN limits text NOT NULL DEFAULT 'own' CHECK (limits IN ('own', 'shared', 'fallback'));
