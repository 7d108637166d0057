CREATE TABLE "lead_score_models" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"version" integer,
	"name" text NOT NULL,
	"status" text NOT NULL,
	"model" jsonb,
	"report" jsonb,
	"because" text,
	"actor" text NOT NULL,
	"trained_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "lead_score_models_status" CHECK (status in ('in_use', 'retired', 'not_learned')),
	CONSTRAINT "lead_score_models_in_use" CHECK (status = 'not_learned' or (version is not null and model is not null and report is not null))
);
--> statement-breakpoint
ALTER TABLE "lead_score_models" ADD CONSTRAINT "lead_score_models_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "lead_score_models_one_in_use" ON "lead_score_models" USING btree ("workspace_id") WHERE status = 'in_use';--> statement-breakpoint
CREATE UNIQUE INDEX "lead_score_models_version" ON "lead_score_models" USING btree ("workspace_id","version");--> statement-breakpoint
CREATE INDEX "lead_score_models_trained" ON "lead_score_models" USING btree ("workspace_id","trained_at");