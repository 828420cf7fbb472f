/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A world for tests of models without a bus: the services of vhw.h, with a clock that the test
 * moves. Defined in the test's own module, so it needs no vhw.
 */
#ifndef VHW_FAKE_WORLD_H
#define VHW_FAKE_WORLD_H

#include <linux/kernel.h>

#include "../../../core/vhw.h"

struct vhw_board {
	int unused;
};

static struct {
	u64 now;
	struct timerqueue_head queue;
	unsigned int violations;
} world;

static void world_init(void)
{
	world.now = 1000;
	world.violations = 0;
	timerqueue_init_head(&world.queue);
}

/* Let time pass until @when, one event after the other */
static void world_until(u64 when)
{
	struct timerqueue_node *node;

	while ((node = timerqueue_getnext(&world.queue)) && node->expires <= when) {
		struct vhw_timer *timer = container_of(node, struct vhw_timer, node);

		timerqueue_del(&world.queue, node);
		world.now = node->expires;
		timer->expired(timer, world.now);
	}
	world.now = when;
}

static void world_pass(u64 ns)
{
	world_until(world.now + ns);
}

void vhw_assert_world(void)
{
}

u64 vhw_now(void)
{
	return world.now;
}

void vhw_timer_init(struct vhw_timer *timer, struct vhw_board *board,
		    void (*expired)(struct vhw_timer *timer, u64 when))
{
	timerqueue_init(&timer->node);
	timer->board = board;
	timer->expired = expired;
}

bool vhw_timer_active(const struct vhw_timer *timer)
{
	return !RB_EMPTY_NODE(&timer->node.node);
}

void vhw_timer_stop(struct vhw_timer *timer)
{
	if (vhw_timer_active(timer))
		timerqueue_del(&world.queue, &timer->node);
}

void vhw_timer_start(struct vhw_timer *timer, u64 when)
{
	vhw_timer_stop(timer);
	timer->node.expires = max(when, world.now);
	timerqueue_add(&world.queue, &timer->node);
}

void vhw_violation(struct vhw_board *board, const char *fmt, ...)
{
	world.violations++;
}

#endif
