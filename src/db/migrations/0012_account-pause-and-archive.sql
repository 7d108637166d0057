ALTER TABLE "enrollments" ADD COLUMN "paused_reason" text;--> statement-breakpoint
ALTER TABLE "enrollments" ADD COLUMN "paused_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "enrollments" ADD COLUMN "paused_from" text;--> statement-breakpoint
ALTER TABLE "workflows" ADD COLUMN "draining" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "enrollments_pause_ends" ON "enrollments" USING btree ("workspace_id","due_at") WHERE status = 'paused';