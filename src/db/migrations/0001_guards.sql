-- The audit log is append-only, whoever asks.
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_append_only();
--> statement-breakpoint
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
--> statement-breakpoint
-- A message may only be born from a live decision that was approved or edited, and for that decision's lead.
CREATE FUNCTION message_needs_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE d record;
BEGIN
  SELECT status, purpose, lead_id, proposal_hash INTO d FROM decisions WHERE id = NEW.decision_id;
  IF d.purpose IS DISTINCT FROM 'live' OR d.status NOT IN ('approved', 'edited') OR d.lead_id IS DISTINCT FROM NEW.lead_id
    OR d.proposal_hash IS DISTINCT FROM NEW.content_hash THEN
    RAISE EXCEPTION 'message % is not what decision % approved', NEW.id, NEW.decision_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER message_needs_approval BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION message_needs_approval();
--> statement-breakpoint
-- What was proposed is never rewritten; erasure may only empty it.
CREATE FUNCTION proposal_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.hash <> OLD.hash OR (NEW.content IS NOT NULL AND NEW.content IS DISTINCT FROM OLD.content) THEN
    RAISE EXCEPTION 'proposal % version % is never changed', OLD.decision_id, OLD.version USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER proposal_is_immutable BEFORE UPDATE ON proposal_versions FOR EACH ROW EXECUTE FUNCTION proposal_is_immutable();
--> statement-breakpoint
-- What was approved to be sent is never rewritten either: the mail may only be emptied, by erasure.
CREATE FUNCTION message_content_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.content_hash <> OLD.content_hash OR NEW.decision_id <> OLD.decision_id OR NEW.lead_id <> OLD.lead_id
    OR NEW.message_id_header <> OLD.message_id_header OR (NEW.mail IS NOT NULL AND NEW.mail IS DISTINCT FROM OLD.mail) THEN
    RAISE EXCEPTION 'what message % says is never changed', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER message_content_is_immutable BEFORE UPDATE ON messages FOR EACH ROW EXECUTE FUNCTION message_content_is_immutable();
