// SPDX-License-Identifier: GPL-2.0
/*
 * What a driver did that the recording does not know: in words, in the trace, in the log.
 */
#define pr_fmt(fmt) "vhw-replay: " fmt

#include <linux/kernel.h>
#include <linux/printk.h>

#include "replay.h"
#include "trace.h"

static void describe(const struct replay_divergence *d, char *text, size_t size)
{
	const char *where = d->bar == REPLAY_CONFIG_BAR ? "config" : "BAR";
	char reg[24];

	if (d->bar == REPLAY_CONFIG_BAR)
		snprintf(reg, sizeof(reg), "%s+%#x/%u", where, d->offset, d->size);
	else
		snprintf(reg, sizeof(reg), "%s%u+%#x/%u", where, d->bar, d->offset, d->size);
	switch (d->left) {
	case REPLAY_UNKNOWN_READ:
		snprintf(text, size, "read of %s, which is nowhere in the recording", reg);
		break;
	case REPLAY_UNKNOWN_WRITE:
		snprintf(text, size, "write of %#x to %s, which is nowhere in the recording",
			 d->value, reg);
		break;
	case REPLAY_CHANGED_WRITE:
		snprintf(text, size, "write of %#x to %s, recorded was %#x", d->value, reg,
			 d->recorded);
		break;
	case REPLAY_UNEXPECTED_READ:
		snprintf(text, size, "read of %s was not recorded here", reg);
		break;
	case REPLAY_UNEXPECTED_WRITE:
		snprintf(text, size, "write of %#x to %s was not recorded here", d->value, reg);
		break;
	case REPLAY_MISSING_WRITE:
		snprintf(text, size, "write of %#x to %s was recorded and did not come",
			 d->recorded, reg);
		break;
	}
}

/**
 * replay_complain() - struct replay.complain: log a divergence
 * @work: the work
 */
void replay_complain(struct irq_work *work)
{
	struct replay *replay = container_of(work, struct replay, complain);
	char complaint[sizeof(replay->complaint)];

	scoped_guard(vhw_world) {
		strscpy(complaint, replay->complaint, sizeof(complaint));
		replay->complaint[0] = '\0';
	}
	pr_warn_ratelimited("%s: divergence at %s\n", vhw_name(replay->board), complaint);
}

/**
 * replay_report() - struct replay_path.report
 * @path: the path
 * @divergence: where it was left
 *
 * Context: world.
 */
void replay_report(struct replay_path *path, const struct replay_divergence *divergence)
{
	struct replay *replay = container_of(path, struct replay, path);
	char text[REPLAY_SENTENCE];

	describe(divergence, text, sizeof(text));
	trace_vhw_divergence(vhw_name(replay->board), divergence->line, text);
	if (!replay->first[0])
		snprintf(replay->first, sizeof(replay->first), "line %u: %s", divergence->line,
			 text);
	if (!replay->complaint[0]) {
		snprintf(replay->complaint, sizeof(replay->complaint), "line %u: %s",
			 divergence->line, text);
		irq_work_queue(&replay->complain);
	}
	if (replay->strict && !replay->failed) {
		replay->failed = true;
		vhw_timer_stop(&replay->timer);
		vhw_set_intx(replay->board, false);
	}
}
