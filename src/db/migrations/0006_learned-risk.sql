CREATE TABLE "risk_models" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"status" text NOT NULL,
	"model" jsonb,
	"report" jsonb,
	"because" text,
	"actor" text NOT NULL,
	"trained_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "risk_models_status" CHECK (status in ('in_use', 'retired', 'not_learned')),
	CONSTRAINT "risk_models_in_use" CHECK (status = 'not_learned' or (model is not null and report is not null))
);
--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "risk_features" jsonb;--> statement-breakpoint
ALTER TABLE "risk_models" ADD CONSTRAINT "risk_models_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "risk_models_one_in_use" ON "risk_models" USING btree ("workspace_id","kind") WHERE status = 'in_use';--> statement-breakpoint
CREATE INDEX "risk_models_trained" ON "risk_models" USING btree ("workspace_id","kind","trained_at");