-- The seven days of a deleted tenant begin when it is deleted. The console's role deletes tenants and may have those
-- purged whose days are over: whoever could say that a tenant was deleted a week ago could do away with its audit log
-- at once. Only the owner of the schema may.
CREATE FUNCTION keep_deletion_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.deleted_at IS NULL OR NEW.deleted_at IS NOT DISTINCT FROM OLD.deleted_at
      OR pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
    RETURN NEW;
  END IF;
  IF OLD.deleted_at IS NOT NULL THEN
    RAISE EXCEPTION 'the tenant is deleted already' USING ERRCODE = 'insufficient_privilege';
  END IF;
  NEW.deleted_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER tenants_deletion_time BEFORE UPDATE OF deleted_at ON tenants
  FOR EACH ROW EXECUTE FUNCTION keep_deletion_time();
