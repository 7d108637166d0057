CREATE TABLE "review_checks" (
	"decision_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"type" text NOT NULL,
	"source_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "review_checks_type" CHECK (type in ('known_bad', 'known_good', 'second'))
);
--> statement-breakpoint
ALTER TABLE "review_checks" ADD CONSTRAINT "review_checks_decision_id_decisions_id_fk" FOREIGN KEY ("decision_id") REFERENCES "public"."decisions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_checks" ADD CONSTRAINT "review_checks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_checks" ADD CONSTRAINT "review_checks_source_id_decisions_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."decisions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "review_checks_source" ON "review_checks" USING btree ("source_id");--> statement-breakpoint
CREATE INDEX "review_checks_made" ON "review_checks" USING btree ("workspace_id","created_at");