-- message_needs_approval (0001) lets a mail be born from a live decision alone. So that nothing gets round it, what tests reviews
-- stays what it is: it never becomes live, nothing that has a mail becomes a test, and no lead's way hangs on one.
CREATE FUNCTION check_stays_a_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.purpose <> 'live' AND NEW.purpose <> OLD.purpose THEN
    RAISE EXCEPTION 'decision % tests reviews and never becomes anything else', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.purpose = 'live' AND NEW.purpose <> 'live' AND EXISTS (SELECT 1 FROM messages WHERE decision_id = OLD.id) THEN
    RAISE EXCEPTION 'decision % has a mail and is no test', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' AND NEW.purpose <> 'live' AND (NEW.enrollment_id IS NOT NULL OR NEW.route <> 'review') THEN
    RAISE EXCEPTION 'decision % tests reviews: no lead waits for it, and people alone decide it', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER check_stays_a_check BEFORE INSERT OR UPDATE OF purpose ON decisions FOR EACH ROW EXECUTE FUNCTION check_stays_a_check();
