ALTER TABLE "verdicts" ADD COLUMN "loss" double precision;--> statement-breakpoint
ALTER TABLE "verdicts" ADD COLUMN "critical" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "verdicts" ADD COLUMN "no_label" text;--> statement-breakpoint
ALTER TABLE "verdicts" ADD COLUMN "original_ok" boolean;