-- What is for ever, guarded by triggers. The program never breaks these rules; the triggers stop hands. Citus does not take
-- triggers on distributed tables and CockroachDB has its own, so that these are a second set of migrations that is run on
-- PostgreSQL and YugabyteDB only; elsewhere the program alone keeps the rules.

CREATE FUNCTION register_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are for ever', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER events_are_for_ever BEFORE UPDATE OR DELETE ON event
FOR EACH ROW EXECUTE FUNCTION register_is_for_ever();

CREATE TRIGGER claims_do_not_change BEFORE UPDATE ON claim
FOR EACH ROW EXECUTE FUNCTION register_is_for_ever();

CREATE TRIGGER claims_do_not_go BEFORE DELETE ON claim
FOR EACH ROW WHEN (OLD.kind NOT IN ('live-document', 'document-in-making', 'account-name', 'account-subject'))
EXECUTE FUNCTION register_is_for_ever();

CREATE TRIGGER numbered_entries_do_not_change BEFORE UPDATE ON journal
FOR EACH ROW WHEN (OLD.number IS NOT NULL) EXECUTE FUNCTION register_is_for_ever();

CREATE TRIGGER entries_get_a_number_only BEFORE UPDATE OF id, topic, at, body ON journal
FOR EACH ROW EXECUTE FUNCTION register_is_for_ever();

CREATE TRIGGER entries_do_not_go BEFORE DELETE ON journal
FOR EACH ROW EXECUTE FUNCTION register_is_for_ever();

CREATE TRIGGER hashes_are_for_ever BEFORE UPDATE OR DELETE ON journal_hash
FOR EACH ROW EXECUTE FUNCTION register_is_for_ever();

CREATE TRIGGER events_are_not_emptied BEFORE TRUNCATE ON event
FOR EACH STATEMENT EXECUTE FUNCTION register_is_for_ever();

CREATE TRIGGER claims_are_not_emptied BEFORE TRUNCATE ON claim
FOR EACH STATEMENT EXECUTE FUNCTION register_is_for_ever();

CREATE TRIGGER journal_is_not_emptied BEFORE TRUNCATE ON journal
FOR EACH STATEMENT EXECUTE FUNCTION register_is_for_ever();
