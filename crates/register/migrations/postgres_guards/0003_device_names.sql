-- A name of a device becomes free when the device is withdrawn.
DROP TRIGGER claims_do_not_go ON claim;

CREATE TRIGGER claims_do_not_go BEFORE DELETE ON claim
FOR EACH ROW WHEN (OLD.kind NOT IN ('live-document', 'document-in-making', 'account-name', 'account-subject', 'device-name'))
EXECUTE FUNCTION register_is_for_ever();
