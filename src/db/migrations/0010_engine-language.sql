CREATE TABLE "tasks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"enrollment_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"workflow_version_id" uuid NOT NULL,
	"step" text NOT NULL,
	"occurrence" integer NOT NULL,
	"status" text NOT NULL,
	"deadline_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"closed_by" text,
	"closed_reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "tasks_status" CHECK (status in ('open', 'done', 'skipped', 'expired', 'withdrawn')),
	CONSTRAINT "tasks_closed" CHECK ((status = 'open') = (closed_at is null))
);
--> statement-breakpoint
DROP INDEX "decisions_occurrence";--> statement-breakpoint
ALTER TABLE "decisions" ALTER COLUMN "cell_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "enrollments" ADD COLUMN "timer_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "enrollments" ADD COLUMN "step_entered_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "enrollments" ADD COLUMN "entered_by" text;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_enrollment_id_enrollments_id_fk" FOREIGN KEY ("enrollment_id") REFERENCES "public"."enrollments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_lead_id_leads_id_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_workflow_id_workflows_id_fk" FOREIGN KEY ("workflow_id") REFERENCES "public"."workflows"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_workflow_version_id_workflow_versions_id_fk" FOREIGN KEY ("workflow_version_id") REFERENCES "public"."workflow_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "tasks_occurrence" ON "tasks" USING btree ("enrollment_id","step","occurrence");--> statement-breakpoint
CREATE INDEX "tasks_open" ON "tasks" USING btree ("workflow_id","created_at") WHERE status = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX "decisions_occurrence" ON "decisions" USING btree ("workspace_id","subject_id","step","kind","occurrence","purpose");--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_cell" CHECK (purpose = 'fixed' or cell_id is not null);--> statement-breakpoint
-- A mail is born from a live decision that was approved or edited, or from a fixed one, whose words a version holds; for its lead.
CREATE OR REPLACE FUNCTION message_needs_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE d record;
BEGIN
  SELECT status, purpose, lead_id, proposal_hash INTO d FROM decisions WHERE id = NEW.decision_id;
  IF d.purpose IS NULL OR d.purpose NOT IN ('live', 'fixed') OR d.status NOT IN ('approved', 'edited')
    OR d.lead_id IS DISTINCT FROM NEW.lead_id OR d.proposal_hash IS DISTINCT FROM NEW.content_hash THEN
    RAISE EXCEPTION 'message % is not what decision % approved', NEW.id, NEW.decision_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- As before; and what is fixed belongs to an enrollment and a published version, is approved from its birth, and stays what it is.
CREATE OR REPLACE FUNCTION check_stays_a_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.purpose = 'fixed' AND NEW.purpose <> OLD.purpose THEN
    RAISE EXCEPTION 'decision % is a fixed mail and never becomes anything else', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.purpose NOT IN ('live', 'fixed') AND NEW.purpose <> OLD.purpose THEN
    RAISE EXCEPTION 'decision % tests reviews and never becomes anything else', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.purpose = 'fixed' AND OLD.purpose <> 'fixed' THEN
    RAISE EXCEPTION 'decision % was proposed and is no fixed mail', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.purpose = 'live' AND NEW.purpose <> 'live' AND EXISTS (SELECT 1 FROM messages WHERE decision_id = OLD.id) THEN
    RAISE EXCEPTION 'decision % has a mail and is no test', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' AND NEW.purpose = 'fixed' THEN
    IF NEW.enrollment_id IS NULL OR NEW.workflow_version_id IS NULL OR NEW.status <> 'approved' OR NEW.kind <> 'email_draft' THEN
      RAISE EXCEPTION 'decision % is no fixed mail of a version', NEW.id USING ERRCODE = 'check_violation';
    END IF;
  ELSIF TG_OP = 'INSERT' AND NEW.purpose <> 'live' AND (NEW.enrollment_id IS NOT NULL OR NEW.route <> 'review') THEN
    RAISE EXCEPTION 'decision % tests reviews: no lead waits for it, and people alone decide it', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
