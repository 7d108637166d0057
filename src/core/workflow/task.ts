/** How something that people were asked to do ended; `withdrawn`: the lead left first. */
export const taskStatuses = ['open', 'done', 'skipped', 'expired', 'withdrawn'] as const;
export type TaskStatus = (typeof taskStatuses)[number];
