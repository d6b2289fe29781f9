-- A name of a device becomes free when the device is withdrawn.
DROP TRIGGER claims_do_not_go;

CREATE TRIGGER claims_do_not_go BEFORE DELETE ON claim
WHEN OLD.kind NOT IN ('live-document', 'document-in-making', 'account-name', 'account-subject', 'device-name')
BEGIN SELECT raise(ABORT, 'what is claimed is used for ever'); END;
