import { type Conversation, isMember, type World } from './world.ts';

/** A conversation as the Web API shows it: https://docs.slack.dev/reference/objects/conversation-object */

const note = ({ value, creator, lastSet }: Conversation['topic']) => ({ value, creator, last_set: lastSet });

export function presentConversation(
  world: World,
  channel: Conversation,
  more: { withCount: boolean } = { withCount: false },
): Record<string, unknown> {
  const shared = {
    id: channel.id,
    created: channel.created,
    is_archived: channel.is_archived,
    is_org_shared: false,
    context_team_id: world.credentials.teamId,
  };
  if (channel.im !== null)
    return { ...shared, is_im: true, user: channel.im, is_user_deleted: false, is_open: true, priority: 0 };
  return {
    ...shared,
    name: channel.name,
    name_normalized: channel.name,
    creator: channel.creator,
    is_channel: !channel.is_private,
    is_group: channel.is_private && !channel.is_mpim,
    is_im: false,
    is_mpim: channel.is_mpim,
    is_private: channel.is_private,
    is_general: channel.name === 'general',
    is_member: isMember(world, channel),
    is_shared: false,
    is_ext_shared: false,
    is_pending_ext_shared: false,
    pending_shared: [],
    unlinked: 0,
    topic: note(channel.topic),
    purpose: note(channel.purpose),
    previous_names: [],
    ...(channel.is_mpim ? { is_open: true } : {}),
    ...(more.withCount ? { num_members: channel.members.length } : {}),
  };
}
